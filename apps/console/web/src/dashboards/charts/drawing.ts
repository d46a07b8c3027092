/** The input and output of every kind of chart. */
import type { Visual, VisualData, VisualKind } from '@centflow/reports';
import type { EChartsOption } from 'echarts';
import type { Palette } from './palette.ts';

export interface Drawing<Kind extends VisualKind = VisualKind> {
  readonly visual: Extract<Visual, { kind: Kind }>;
  readonly data: VisualData;
  readonly palette: Palette;
  /** Whether the page has the width of a phone. */
  readonly narrow: boolean;
}

export interface Drawn {
  readonly option: EChartsOption;
  /** Describes what the chart cannot show, such as places without a position. */
  readonly notes?: readonly string[];
}

/** A mark on a chart. `row` is the index of the mark's row in the data, or −1 if the mark combines several rows. */
export interface Mark {
  readonly value: number | null | readonly (string | number | null)[];
  /** The exact figure, formatted for people. */
  readonly text: string;
  readonly title: string;
  readonly row: number;
  /** The figure inside a heat map's square, and a text colour that is readable on the square. */
  readonly label?: { readonly formatter: string; readonly color: string };
}

export function isMark(value: unknown): value is Mark {
  return typeof value === 'object' && value !== null && 'row' in value && 'text' in value && 'title' in value;
}
