/**
 * Saves a visual as a picture on a white background, with the visual's title, at twice the resolution of the screen.
 */
import type { Visual, VisualData } from '@centflow/reports';
import { saveFile } from '../shared/save-file.ts';
import { draw } from './charts/draw.ts';
import { isDrawable } from './charts/drawable.ts';
import { echarts } from './charts/echarts.ts';
import { FONT, palettes } from './charts/palette.ts';
import { formatCell } from './figures.ts';
import { getBodyHeight, getDrawingHeight } from './visual-height.ts';

const WIDTH = 960;
const MARGIN = 28;
const HEAD = 64;
const SHARPNESS = 2;
/** The maximum number of table rows in a picture. */
const ROWS = 40;

export async function savePng(visual: Visual, data: VisualData): Promise<void> {
  const canvas = isDrawable(visual) ? await drawChart(visual, data) : drawTable(visual, data);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The browser could not draw the picture. Save it as CSV instead.');
  saveFile(`${visual.id}.png`, blob);
}

async function drawChart(
  visual: Extract<Visual, { kind: Parameters<typeof draw>[0]['visual']['kind'] }>,
  data: VisualData,
) {
  const height = getDrawingHeight(visual, getBodyHeight(visual, {}, true), data.rows.length);
  const place = document.createElement('div');
  const chart = echarts.init(place, undefined, {
    renderer: 'canvas',
    width: WIDTH - 2 * MARGIN,
    height,
    devicePixelRatio: SHARPNESS,
  });
  const { option } = await draw({ visual, data, palette: palettes.light, narrow: false });
  chart.setOption({ animation: false, textStyle: { fontFamily: FONT }, ...option });
  const { canvas, context } = createSheet(visual, height);
  context.drawImage(chart.renderToCanvas({ pixelRatio: SHARPNESS }), MARGIN, HEAD, WIDTH - 2 * MARGIN, height);
  chart.dispose();
  return canvas;
}

function drawTable(visual: Visual, { columns, rows, currency }: VisualData) {
  const line = 24;
  const shown = rows.slice(0, ROWS);
  const { canvas, context } = createSheet(visual, (shown.length + 2) * line);
  const width = (WIDTH - 2 * MARGIN) / columns.length;
  const write = (text: string, column: number, row: number, right: boolean) => {
    context.textAlign = right ? 'right' : 'left';
    const x = MARGIN + width * column + (right ? width - 8 : 0);
    context.fillText(text, x, HEAD + line * (row + 1), width - 12);
  };
  context.font = `600 14px ${FONT}`;
  context.fillStyle = palettes.light.soft;
  for (const [index, { title, role }] of columns.entries()) write(title, index, 0, role === 'value');
  context.font = `14px ${FONT}`;
  context.fillStyle = palettes.light.ink;
  for (const [row, cells] of shown.entries())
    for (const [index, column] of columns.entries())
      write(formatCell(cells[index] ?? null, column, currency), index, row + 1, column.role === 'value');
  if (rows.length > shown.length) write(`… and ${rows.length - shown.length} more`, 0, shown.length + 1, false);
  return canvas;
}

function createSheet({ title, question }: Visual, height: number) {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH * SHARPNESS;
  canvas.height = (height + HEAD + MARGIN) * SHARPNESS;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser could not draw the picture. Save it as CSV instead.');
  context.scale(SHARPNESS, SHARPNESS);
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, WIDTH, canvas.height);
  context.fillStyle = palettes.light.ink;
  context.font = `650 19px ${FONT}`;
  context.fillText(title, MARGIN, 32);
  context.fillStyle = palettes.light.soft;
  context.font = `14px ${FONT}`;
  context.fillText(question, MARGIN, 52);
  return { canvas, context };
}
