/** Draws line charts, bar charts and stacked bar charts. */
import type { VisualColumn, VisualData } from '@centflow/reports';
import type { BarSeriesOption, EChartsOption, LineSeriesOption } from 'echarts';
import { fillMonths } from '../../shared/dates.ts';
import { sumAmounts } from '../../shared/decimals.ts';
import { toNumber } from '../../shared/money.ts';
import { type Cell, formatCell, formatOnAxis } from '../figures.ts';
import type { Drawing, Drawn, Mark } from './drawing.ts';
import type { Palette } from './palette.ts';
import { createTooltip } from './tooltip.ts';

type AxisKind = 'line' | 'bar' | 'stacked';

interface Series {
  readonly name: string;
  readonly column: VisualColumn;
  /** The points in the order of the axis. */
  readonly marks: readonly (Mark | null)[];
  /** Set if the series combines several small series. */
  readonly isCombined?: true;
}

const monthOnAxis = new Intl.DateTimeFormat(undefined, { month: 'short', timeZone: 'UTC' });

export function drawAxisChart(drawing: Drawing<AxisKind>): Drawn {
  const { visual, data, palette, narrow } = drawing;
  const labels = listLabels(data);
  const { series, notes } = groupSmallSeries(buildSeries(visual, data, labels), palette.series.length, data);
  const horizontal = visual.kind === 'bar' && visual.horizontal === true;
  const first = data.columns[0];
  const value = data.columns.find(({ role }) => role === 'value');
  if (!first || !value) return { option: {} };

  const names = {
    type: 'category' as const,
    data: labels.map((label) => (first.format === 'month' ? String(label) : formatCell(label, first, data.currency))),
    inverse: horizontal,
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
    axisLabel: {
      color: palette.soft,
      fontSize: 12,
      lineHeight: 17,
      hideOverlap: true,
      ...(horizontal ? { width: narrow ? 96 : 150, overflow: 'truncate' as const, interval: 0 } : {}),
      ...(first.format === 'month' ? { formatter: formatMonthLabel } : {}),
    },
  };
  const figures = {
    type: 'value' as const,
    splitNumber: 4,
    axisLabel: {
      color: palette.soft,
      fontSize: 12,
      lineHeight: 17,
      hideOverlap: true,
      formatter: (number: number) => formatOnAxis(number, value.format, data.currency),
    },
    splitLine: { lineStyle: { color: palette.line } },
    ...(horizontal ? { axisLabel: { show: false }, splitLine: { show: false } } : {}),
  };
  const legend = series.length > 1;
  const option: EChartsOption = {
    color: [...palette.series],
    tooltip: createTooltip(palette, 'axis'),
    legend: {
      show: legend,
      type: 'scroll',
      top: 0,
      left: 0,
      icon: 'roundRect',
      itemWidth: 11,
      itemHeight: 11,
      itemGap: 16,
      textStyle: { color: palette.ink, fontSize: 13 },
      pageTextStyle: { color: palette.soft },
      pageIconColor: palette.ink,
      pageIconInactiveColor: palette.line,
    },
    grid: { left: 2, right: horizontal ? (narrow ? 64 : 84) : 8, top: legend ? 40 : 12, bottom: 2, containLabel: true },
    xAxis: horizontal ? figures : names,
    yAxis: horizontal ? names : figures,
    series: series.map((one, index) => drawSeries(one, index, series.length, drawing, horizontal)),
  };
  return { option, notes };
}

/** Formats a month for an axis: the first month and January also show their year. */
export function formatMonthLabel(month: string, index: number): string {
  const name = monthOnAxis.format(new Date(`${month}-01T00:00:00Z`));
  return index === 0 || month.endsWith('-01') ? `${name}\n${month.slice(0, 4)}` : name;
}

/** Returns the labels of the axis. Months without rows are included. */
function listLabels({ columns, rows }: VisualData): readonly Cell[] {
  const values = [...new Set(rows.map(([label]) => label ?? null))];
  if (columns[0]?.format !== 'month') return values;
  return fillMonths(values.filter((label) => typeof label === 'string'));
}

function buildSeries(
  visual: Drawing<AxisKind>['visual'],
  data: VisualData,
  labels: readonly Cell[],
): readonly Series[] {
  const { columns, rows, currency } = data;
  const at = new Map(labels.map((label, index) => [label, index]));
  const valueIndexes = columns.flatMap(({ role }, index) => (role === 'value' ? [index] : []));
  const splits = visual.series === undefined ? [undefined] : [...new Set(rows.map((row) => row[1] ?? null))];
  return splits.flatMap((split) =>
    valueIndexes.flatMap((valueIndex) => {
      const column = columns[valueIndex];
      const first = columns[0];
      const second = columns[1];
      if (!column || !first) return [];
      const marks: (Mark | null)[] = labels.map(() => null);
      for (const [index, row] of rows.entries()) {
        if (split !== undefined && (row[1] ?? null) !== split) continue;
        const place = at.get(row[0] ?? null);
        const cell = row[valueIndex] ?? null;
        if (place === undefined || cell === null) continue;
        marks[place] = {
          value: toNumber(cell),
          text: formatCell(cell, column, currency),
          title: formatCell(row[0] ?? null, first, currency),
          row: index,
        };
      }
      const name = split === undefined || !second ? column.title : formatCell(split, second, currency);
      return [{ name, column, marks }];
    }),
  );
}

/** Gives each of the largest series its own colour and combines the other series. A note names the combined series. */
function groupSmallSeries(
  series: readonly Series[],
  colours: number,
  { rows, currency }: VisualData,
): { readonly series: readonly Series[]; readonly notes: readonly string[] } {
  const bySize = [...series].sort((one, other) => measureSeries(other) - measureSeries(one));
  if (series.length <= colours) return { series: series.length > 2 ? bySize : series, notes: [] };
  const largest = bySize.slice(0, colours - 1);
  const smallest = bySize.slice(colours - 1);
  const column = smallest[0]?.column;
  if (!column) return { series, notes: [] };
  const valueIndex = (rows[0]?.length ?? 1) - 1;
  const marks = (largest[0]?.marks ?? []).map((_, index): Mark | null => {
    const combined = smallest.flatMap((one) => one.marks[index] ?? []);
    if (combined.length === 0) return null;
    const total = sumAmounts(combined.map(({ row }) => String(rows[row]?.[valueIndex] ?? '0')));
    return {
      value: toNumber(total),
      text: formatCell(total, column, currency),
      title: combined[0]?.title ?? '',
      row: -1,
    };
  });
  return {
    series: [...largest, { name: `${smallest.length} others`, column, marks, isCombined: true }],
    notes: [`Others: ${smallest.map(({ name }) => name).join(', ')}.`],
  };
}

function measureSeries({ marks }: Series): number {
  return marks.reduce((total, mark) => total + Math.abs(typeof mark?.value === 'number' ? mark.value : 0), 0);
}

function drawSeries(
  { name, marks, isCombined }: Series,
  index: number,
  count: number,
  { visual, palette, narrow }: Drawing<AxisKind>,
  horizontal: boolean,
): LineSeriesOption | BarSeriesOption {
  const colour = isCombined ? palette.rest : (palette.series[index] ?? palette.rest);
  const clickable = visual.drill === undefined ? ('default' as const) : ('pointer' as const);
  if (visual.kind === 'line')
    return {
      type: 'line',
      name,
      data: marks.map((mark) => mark ?? { value: '-' }) as LineSeriesOption['data'] & object,
      connectNulls: true,
      symbol: 'circle',
      symbolSize: 6,
      showSymbol: marks.length <= 24,
      lineStyle: { width: 2.5 },
      itemStyle: { color: colour },
      cursor: clickable,
      ...(count === 1 ? { areaStyle: { color: colour, opacity: 0.1 } } : {}),
    };
  const stacked = visual.kind === 'stacked';
  return {
    type: 'bar',
    name,
    ...(stacked ? { stack: 'all' } : {}),
    data: marks.map((mark) =>
      mark ? { ...mark, ...getBarColour(mark, count, palette) } : { value: '-' },
    ) as BarSeriesOption['data'] & object,
    barMaxWidth: horizontal ? 22 : 34,
    barGap: '12%',
    barCategoryGap: stacked ? '24%' : '32%',
    cursor: clickable,
    itemStyle: {
      color: colour,
      borderRadius: stacked ? 0 : horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0],
      ...(stacked ? { borderColor: palette.panel, borderWidth: 1 } : {}),
    },
    label: {
      show: horizontal,
      position: 'right',
      color: palette.ink,
      fontSize: narrow ? 11 : 12,
      formatter: ({ data }) => getText(data),
    },
    emphasis: { focus: count > 2 ? 'series' : 'none' },
  };
}

/** Colours the losses of a single series differently from its gains. */
function getBarColour({ value }: Mark, count: number, palette: Palette): object {
  if (count > 1 || typeof value !== 'number' || value >= 0) return {};
  return { itemStyle: { color: palette.series[1], borderRadius: [0, 0, 4, 4] } };
}

function getText(data: unknown): string {
  return typeof data === 'object' && data !== null && 'text' in data ? String(data.text) : '';
}
