import { addMonths, countMonths } from '../../shared/dates.ts';
import { toNumber } from '../../shared/money.ts';
import { formatCell } from '../figures.ts';
import { BLOCK, CELL, getMonthsPerRow, TOP } from './calendar-height.ts';
import type { Drawing, Drawn, Mark } from './drawing.ts';
import { createTooltip } from './tooltip.ts';

export function drawCalendar({ data, palette, narrow, visual }: Drawing<'calendar'>): Drawn {
  const [day, value] = data.columns;
  const days = data.rows.map(([date]) => String(date)).sort();
  const [first, last] = [days[0], days.at(-1)];
  if (!day || !value || first === undefined || last === undefined) return { option: {} };
  const ranges = splitIntoRanges(first.slice(0, 7), last.slice(0, 7), getMonthsPerRow(narrow));
  // The colour scale ends at the 95th percentile. Otherwise, one day with rent would make all other days pale.
  const amounts = data.rows.map((row) => toNumber(row[1] ?? null) ?? 0).sort((one, other) => one - other);
  const high = amounts[Math.floor(amounts.length * 0.95)] ?? 1;
  const marks = data.rows.map(
    (row, index): Mark => ({
      value: [String(row[0]), toNumber(row[1] ?? null) ?? 0],
      text: formatCell(row[1] ?? null, value, data.currency),
      title: formatCell(row[0] ?? null, day, data.currency),
      row: index,
    }),
  );
  return {
    option: {
      tooltip: createTooltip(palette, 'item'),
      visualMap: { show: false, min: 0, max: high, dimension: 1, inRange: { color: [...palette.scale] } },
      calendar: ranges.map((range, index) => ({
        range: [range[0], getLastDay(range[1])],
        top: index * BLOCK + TOP,
        left: 40,
        right: 4,
        cellSize: ['auto', CELL],
        itemStyle: { color: palette.blank, borderColor: palette.panel, borderWidth: 2 },
        splitLine: { lineStyle: { color: palette.soft, width: 1, opacity: 0.5 } },
        yearLabel: { show: false },
        monthLabel: {
          color: palette.soft,
          nameMap: 'en',
          formatter: ({ nameMap, MM, yyyy }) =>
            MM === '01' || range[0] === `${yyyy}-${MM}` ? `${nameMap} ${yyyy}` : String(nameMap),
        },
        dayLabel: { color: palette.soft, firstDay: 1, nameMap: ['', 'Mon', '', 'Wed', '', 'Fri', ''] },
      })),
      series: ranges.map((_, index) => ({
        type: 'heatmap' as const,
        name: value.title,
        coordinateSystem: 'calendar' as const,
        calendarIndex: index,
        data: marks as unknown as number[][],
        itemStyle: { borderRadius: 3 },
        cursor: visual.drill === undefined ? 'default' : 'pointer',
      })),
    },
  };
}

/**
 * Returns the last day of a month. ECharts would end a range on the first day of the month if the range named only the
 * month.
 */
function getLastDay(month: string): string {
  const [year = 0, monthOfYear = 1] = month.split('-').map(Number);
  return `${month}-${new Date(Date.UTC(year, monthOfYear, 0)).getUTCDate()}`;
}

function splitIntoRanges(first: string, last: string, length: number): [string, string][] {
  const ranges: [string, string][] = [];
  for (
    let from = addMonths(last, 1 - Math.ceil(countMonths(first, last) / length) * length);
    from <= last;
    from = addMonths(from, length)
  )
    ranges.push([from, addMonths(from, length - 1)]);
  return ranges;
}
