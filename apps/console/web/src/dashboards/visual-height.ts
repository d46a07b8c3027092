/** How high a visual's body is before its figures are there: nothing on the page jumps when they come. */
import type { Filters, Visual } from '@centflow/reports';
import { getCalendarHeight } from './charts/calendar-height.ts';

/** A chart narrower than this is drawn as for a phone. */
export const NARROW = 420;
/** The window around such a chart, with the page's margins. */
const PHONE = NARROW + 68;

/** Of the drawing, once the rows are known: a few bars need not fill the room of twenty. */
export function getDrawingHeight(visual: Visual, reserved: number, rows: number): number {
  if (visual.kind !== 'bar' || !visual.horizontal) return reserved;
  const each = visual.values.length > 1 ? 46 : 30;
  return Math.max(rows * (rows < 8 ? 44 : each - 6) + (visual.values.length > 1 ? 48 : 16), 150);
}

export function getBodyHeight(visual: Visual, { from, to }: Filters, alone: boolean): number {
  switch (visual.kind) {
    case 'kpi':
      return visual.trend === undefined ? 40 : 128;
    case 'line':
    case 'stacked':
      return alone ? 420 : 310;
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
