/** How high a visual's body is before its figures are there: nothing on the page jumps when they come. */
import type { Filters, Visual } from '@centflow/reports';
import { calendarHeight } from './charts/calendar-height.ts';

export const PHONE = 560;

export function bodyHeight(visual: Visual, { from, to }: Filters, alone: boolean): number {
  switch (visual.kind) {
    case 'kpi':
      return visual.trend === undefined ? 40 : 128;
    case 'line':
    case 'stacked':
      return alone ? 420 : 310;
    case 'bar':
      return visual.horizontal ? 460 : 310;
    case 'heatmap':
      return 440;
    case 'calendar':
      return calendarHeight(from, to, window.innerWidth < PHONE);
    case 'filled-map':
    case 'point-map':
      return 340;
    case 'pivot':
    case 'table':
    case 'list':
      return 200;
  }
}
