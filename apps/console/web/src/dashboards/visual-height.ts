/** Computes the height of a visual before its figures load, so that the page does not jump. */
import type { Filters, Visual } from '@centflow/reports';
import { getCalendarHeight } from './charts/calendar-height.ts';

/** Charts narrower than this many pixels use the layout for phones. */
export const NARROW = 420;
/** The window width, in pixels, below which charts use the layout for phones. Includes the margins of the page. */
const PHONE = NARROW + 68;

/**
 * Returns the final height of the drawing for this number of rows. A chart with few bars needs less height than
 * reserved.
 */
export function getDrawingHeight(visual: Visual, reserved: number, rows: number): number {
  if (visual.kind !== 'bar' || !visual.horizontal) return reserved;
  const each = visual.values.length > 1 ? 46 : 30;
  return Math.max(rows * (rows < 8 ? 44 : each - 6) + (visual.values.length > 1 ? 48 : 16), 150);
}

export function getBodyHeight(visual: Visual, { from, to }: Filters, isAlone: boolean): number {
  switch (visual.kind) {
    case 'kpi':
      return visual.trend === undefined ? 40 : 128;
    case 'line':
    case 'stacked':
      return isAlone ? 420 : 310;
    case 'bar':
      return visual.horizontal ? (visual.top === undefined ? 310 : 460) : 310;
    case 'heatmap':
      return 440;
    case 'calendar':
      return getCalendarHeight(from, to, window.innerWidth < PHONE);
    case 'filled-map':
    case 'point-map':
      return 340;
    case 'pivot':
    case 'table':
    case 'list':
      return 200;
  }
}
