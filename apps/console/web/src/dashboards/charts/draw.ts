/** Converts a visual and its figures to ECharts options. */
import { drawAxisChart } from './axis-chart.ts';
import { drawCalendar } from './calendar.ts';
import type { Drawable } from './drawable.ts';
import type { Drawing, Drawn } from './drawing.ts';
import { drawHeatMap } from './heat-map.ts';

/**
 * The code that draws maps. It is loaded when the first map is drawn. Later maps are drawn synchronously, because
 * printing cannot wait.
 */
let maps: typeof import('./maps.ts') | undefined;

export async function draw(drawing: Drawing<Drawable['kind']>): Promise<Drawn> {
  const { visual } = drawing;
  switch (visual.kind) {
    case 'line':
    case 'bar':
    case 'stacked':
      return drawAxisChart({ ...drawing, visual });
    case 'heatmap':
      return drawHeatMap({ ...drawing, visual });
    case 'calendar':
      return drawCalendar({ ...drawing, visual });
    case 'filled-map':
      maps ??= await import('./maps.ts');
      return maps.drawFilledMap({ ...drawing, visual });
    case 'point-map':
      maps ??= await import('./maps.ts');
      return maps.drawPointMap({ ...drawing, visual });
  }
}
