/** From a visual and its figures to what ECharts draws. */
import { axisChart } from './axis-chart.ts';
import { calendar } from './calendar.ts';
import type { Drawable } from './drawable.ts';
import type { Drawing, Drawn } from './drawing.ts';
import { heatMap } from './heat-map.ts';

export async function draw(drawing: Drawing<Drawable['kind']>): Promise<Drawn> {
  const { visual } = drawing;
  switch (visual.kind) {
    case 'line':
    case 'bar':
    case 'stacked':
      return axisChart({ ...drawing, visual });
    case 'heatmap':
      return heatMap({ ...drawing, visual });
    case 'calendar':
      return calendar({ ...drawing, visual });
    case 'filled-map':
      return (await import('./maps.ts')).filledMap({ ...drawing, visual });
    case 'point-map':
      return (await import('./maps.ts')).pointMap({ ...drawing, visual });
  }
}
