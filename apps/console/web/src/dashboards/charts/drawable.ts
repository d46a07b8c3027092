import type { Visual } from '@centflow/reports';

export type Drawable = Extract<
  Visual,
  { kind: 'line' | 'bar' | 'stacked' | 'heatmap' | 'calendar' | 'filled-map' | 'point-map' }
>;

/** Returns whether ECharts draws the visual. Tables and single figures are HTML. */
export function isDrawable(visual: Visual): visual is Drawable {
  return !['kpi', 'pivot', 'table', 'list'].includes(visual.kind);
}
