/**
 * Builds the tooltip of a mark from nodes and `textContent`. Merchants and categories come from CSV files and must
 * never be read as HTML.
 */
import type { TooltipComponentOption } from 'echarts';
import { isMark } from './drawing.ts';
import { FONT, type Palette } from './palette.ts';

interface Pointed {
  readonly seriesName?: string;
  readonly color?: unknown;
  readonly data?: unknown;
}

export function createTooltip(palette: Palette, trigger: 'axis' | 'item'): TooltipComponentOption {
  return {
    trigger,
    confine: true,
    appendTo: 'body',
    backgroundColor: palette.panel,
    borderColor: palette.line,
    padding: [8, 12],
    textStyle: { color: palette.ink, fontSize: 13, fontFamily: FONT },
    ...(trigger === 'axis'
      ? { axisPointer: { type: 'shadow', shadowStyle: { color: palette.soft, opacity: 0.08 } } }
      : {}),
    formatter: (pointed) => {
      const all = (Array.isArray(pointed) ? pointed : [pointed]) as readonly Pointed[];
      return renderTooltip(all.filter(({ data }) => isMark(data)));
    },
  };
}

function renderTooltip(all: readonly Pointed[]): HTMLElement {
  const box = document.createElement('div');
  const first = all[0]?.data;
  if (!isMark(first)) return box;
  box.append(createElement('div', first.title, 'font-weight:650;margin-bottom:2px'));
  for (const { seriesName, color, data } of all) {
    if (!isMark(data)) continue;
    const line = createElement('div', '', 'display:flex;gap:8px;align-items:center;font-variant-numeric:tabular-nums');
    line.append(
      createElement(
        'span',
        '',
        `width:9px;height:9px;border-radius:3px;background:${typeof color === 'string' ? color : 'none'}`,
      ),
      createElement('span', seriesName ?? '', 'flex:1;margin-right:16px'),
      createElement('span', data.text, 'font-weight:600'),
    );
    box.append(line);
  }
  return box;
}

function createElement(tag: string, text: string, style: string): HTMLElement {
  const created = document.createElement(tag);
  created.textContent = text;
  created.style.cssText = style;
  return created;
}
