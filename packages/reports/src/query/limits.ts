import type { Visual, VisualKind } from '../model.ts';

/** How many rows a kind of visual takes: more than anybody can read, and few enough to send and to draw. */
const rowLimits: Readonly<Record<VisualKind, number>> = {
  kpi: 1200,
  line: 5000,
  bar: 1000,
  stacked: 5000,
  heatmap: 10_000,
  calendar: 4000,
  pivot: 10_000,
  table: 1000,
  list: 500,
  'filled-map': 300,
  'point-map': 1000,
};

/** Rows of an answer at most. */
export function rowLimitOf(visual: Visual): number {
  const top = 'top' in visual ? visual.top : undefined;
  return top ?? rowLimits[visual.kind];
}
