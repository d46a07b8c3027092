import type { Visual, VisualKind } from '../model.ts';

/** The maximum number of rows of each kind of visual: more than people read, but quick to send and draw. */
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

/** Returns the maximum number of rows in a visual's answer. */
export function rowLimitOf(visual: Visual): number {
  const top = 'top' in visual ? visual.top : undefined;
  return top ?? rowLimits[visual.kind];
}
