/** What every kind of chart is drawn from, and what comes out. */
import type { Visual, VisualData, VisualKind } from '@centflow/reports';
import type { EChartsOption } from 'echarts';
import type { Palette } from './palette.ts';

export interface Drawing<Kind extends VisualKind = VisualKind> {
  readonly visual: Extract<Visual, { kind: Kind }>;
  readonly data: VisualData;
  readonly palette: Palette;
  /** A phone's width. */
  readonly narrow: boolean;
}

export interface Drawn {
  readonly option: EChartsOption;
  /** What the picture cannot show, in words: places without a position, series that were taken together. */
  readonly notes?: readonly string[];
}

/** A mark on a chart, and which row of the answer it stands for; −1 where it stands for several. */
export interface Mark {
  readonly value: number | null | readonly (string | number | null)[];
  /** The exact figure as it is told. */
  readonly text: string;
  readonly title: string;
  readonly row: number;
  /** Of one square: its figure, and the ink that is read on it. */
  readonly label?: { readonly formatter: string; readonly color: string };
}

export function isMark(value: unknown): value is Mark {
  return typeof value === 'object' && value !== null && 'row' in value && 'text' in value && 'title' in value;
}
