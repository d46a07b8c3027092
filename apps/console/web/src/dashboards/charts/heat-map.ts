import { fillMonths } from '../../shared/dates.ts';
import { formatMoneyShort, toNumber } from '../../shared/money.ts';
import { formatCell } from '../figures.ts';
import { formatMonthLabel } from './axis-chart.ts';
import type { Drawing, Drawn, Mark } from './drawing.ts';
import { createTooltip } from './tooltip.ts';

/** The maximum number of months with figures inside the squares. With more months, the squares are too small. */
const MONTHS_WITH_FIGURES = 13;

export function drawHeatMap({ data, palette, narrow, visual }: Drawing<'heatmap'>): Drawn {
  const [x, y, value] = data.columns;
  if (!x || !y || !value) return { option: {} };
  const columns = fillMonths(data.rows.map(([label]) => String(label)));
  const totals = new Map<string, number>();
  for (const [, label, amount] of data.rows) {
    const name = formatCell(label ?? null, y, data.currency);
    totals.set(name, (totals.get(name) ?? 0) + (toNumber(amount ?? null) ?? 0));
  }
  const rows = [...totals].sort((one, other) => one[1] - other[1]).map(([name]) => name);
  const figures = !narrow && columns.length <= MONTHS_WITH_FIGURES;
  const highest = Math.max(...data.rows.map((row) => toNumber(row[2] ?? null) ?? 0), 0);
  // The shade is proportional to the square root of the amount. Otherwise a large amount such as rent would make all
  // other squares pale.
  const shade = (amount: number) => Math.sqrt(Math.max(amount, 0));
  const marks = data.rows.map((row, index): Mark => {
    const amount = toNumber(row[2] ?? null) ?? 0;
    const name = formatCell(row[1] ?? null, y, data.currency);
    return {
      value: [columns.indexOf(String(row[0])), rows.indexOf(name), shade(amount)],
      text: formatCell(row[2] ?? null, value, data.currency),
      title: `${name}, ${formatCell(row[0] ?? null, x, data.currency)}`,
      row: index,
      label: {
        formatter: data.currency === null ? String(row[2]) : formatMoneyShort(amount, data.currency),
        color: isDarkShade(shade(amount) / (shade(highest) || 1), palette.panel) ? '#ffffff' : '#10201b',
      },
    };
  });
  return {
    option: {
      tooltip: createTooltip(palette, 'item'),
      grid: { left: 2, right: 2, top: 4, bottom: 2, containLabel: true },
      xAxis: {
        type: 'category',
        data: columns,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: palette.soft, lineHeight: 17, hideOverlap: true, formatter: formatMonthLabel },
      },
      yAxis: {
        type: 'category',
        data: rows,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: palette.ink, lineHeight: 17, width: narrow ? 84 : 140, overflow: 'truncate', interval: 0 },
      },
      visualMap: {
        show: false,
        min: 0,
        max: shade(highest),
        dimension: 2,
        inRange: { color: [...palette.scale] },
      },
      series: [
        {
          type: 'heatmap',
          name: value.title,
          data: marks as unknown as number[][],
          label: { show: figures, fontSize: 11 },
          itemStyle: { borderColor: palette.panel, borderWidth: 2, borderRadius: 4 },
          cursor: visual.drill === undefined ? 'default' : 'pointer',
        },
      ],
    },
  };
}

/** Returns whether a shade needs light text. In the dark scheme, larger amounts have lighter shades. */
function isDarkShade(share: number, panel: string): boolean {
  return panel === '#ffffff' ? share > 0.62 : share < 0.62;
}
