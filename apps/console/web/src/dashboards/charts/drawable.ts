import type { Visual } from '@centflow/reports';

export type Drawable = Extract<
  Visual,
  { kind: 'line' | 'bar' | 'stacked' | 'heatmap' | 'calendar' | 'filled-map' | 'point-map' }
>;

/** The others are tables and single figures, which HTML shows better. */
export function isDrawable(visual: Visual): visual is Drawable {
  return !['kpi', 'pivot', 'table', 'list'].includes(visual.kind);
}
