/** Draws countries filled by amount, and cities as points. This module loads only if a page shows a map. */

import countries from 'virtual:countries';
import type { VisualData } from '@centflow/reports';
import type { EChartsOption } from 'echarts';
import { sumAmounts } from '../../shared/decimals.ts';
import { toNumber } from '../../shared/money.ts';
import { formatCell } from '../figures.ts';
import { getBounds, type Position } from './bounds.ts';
import type { Drawing, Drawn, Mark } from './drawing.ts';
import { echarts } from './echarts.ts';
import { findPosition } from './places.ts';
import { createTooltip } from './tooltip.ts';

const WORLD = 'world';
/** The licence of GeoNames requires this credit. */
const SOURCE = 'Positions of cities: GeoNames, CC BY 4.0.';
echarts.registerMap(WORLD, countries as unknown as Parameters<typeof echarts.registerMap>[1]);
const drawnCountries = new Set(countries.features.map(({ properties }) => properties.name));

export function drawFilledMap({ data, palette, visual }: Drawing<'filled-map'>): Drawn {
  const [country, value] = data.columns;
  if (!country || !value) return { option: {} };
  const all = data.rows.map((row, index) => {
    const amount = toNumber(row[1] ?? null) ?? 0;
    return {
      name: String(row[0]),
      value: Math.sqrt(Math.max(amount, 0)),
      text: formatCell(row[1] ?? null, value, data.currency),
      title: formatCell(row[0] ?? null, country, data.currency),
      row: index,
    } satisfies Mark & { name: string };
  });
  const shown = all.filter(({ name }) => drawnCountries.has(name));
  const highest = Math.max(...shown.map((mark) => mark.value), 1);
  const option: EChartsOption = {
    tooltip: createTooltip(palette, 'item'),
    visualMap: { show: false, min: 0, max: highest, inRange: { color: [...palette.scale] } },
    series: [
      {
        type: 'map',
        name: value.title,
        map: WORLD,
        nameProperty: 'name',
        ...getBounds(getOutlines(new Set(shown.map(({ name }) => name)))),
        data: shown,
        cursor: visual.drill === undefined ? 'default' : 'pointer',
        selectedMode: false,
        label: { show: false },
        itemStyle: { areaColor: palette.blank, borderColor: palette.panel, borderWidth: 0.8 },
        emphasis: { label: { show: false }, itemStyle: { areaColor: palette.series[1] as string } },
      },
    ],
  };
  return {
    option,
    notes: describeUnplaced(
      data,
      all.filter(({ name }) => !drawnCountries.has(name)),
      'country',
    ),
  };
}

export function drawPointMap({ data, palette, visual }: Drawing<'point-map'>): Drawn {
  const [country, city, value] = data.columns;
  if (!country || !city || !value) return { option: {} };
  const all = data.rows.map((row, index) => {
    const at = findPosition(row[0] ?? null, row[1] ?? null);
    const amount = toNumber(row[2] ?? null) ?? 0;
    const name = formatCell(row[1] ?? null, city, data.currency);
    return {
      at,
      amount,
      value: at ? [...at, amount] : null,
      text: formatCell(row[2] ?? null, value, data.currency),
      title: `${name}, ${formatCell(row[0] ?? null, country, data.currency)}`,
      row: index,
    } satisfies Mark & { at: Position | undefined; amount: number };
  });
  const shown = all.flatMap((mark) => (mark.at && mark.value ? [{ ...mark, at: mark.at, value: mark.value }] : []));
  const highest = Math.max(...shown.map(({ amount }) => amount), 1);
  const option: EChartsOption = {
    tooltip: createTooltip(palette, 'item'),
    geo: {
      map: WORLD,
      ...getBounds(shown.map(({ at }) => at)),
      silent: true,
      itemStyle: { areaColor: palette.blank, borderColor: palette.panel, borderWidth: 0.8 },
    },
    series: [
      {
        type: 'scatter',
        name: value.title,
        coordinateSystem: 'geo',
        data: shown,
        cursor: visual.drill === undefined ? 'default' : 'pointer',
        // The area of a point is proportional to the amount, so the radius follows the square root.
        symbolSize: (_, params) => 7 + 30 * Math.sqrt(getAmount(params.data) / highest),
        itemStyle: { color: palette.series[0] as string, opacity: 0.75, borderColor: palette.panel, borderWidth: 1 },
      },
    ],
  };
  const unplaced = all.filter(({ at }) => !at);
  return { option, notes: [...describeUnplaced(data, unplaced, 'place'), SOURCE] };
}

function getAmount(data: unknown): number {
  return typeof data === 'object' && data !== null && 'amount' in data ? Math.max(Number(data.amount), 0) : 0;
}

/**
 * Describes the amounts that the map does not show: first the total without a place, then each unknown place by name.
 */
function describeUnplaced(
  { columns, rows, currency }: VisualData,
  marks: readonly Mark[],
  noun: 'country' | 'place',
): readonly string[] {
  const value = columns.at(-1);
  const unstated = marks.filter(({ row }) => rows[row]?.slice(0, -1).includes(null));
  const unknown = marks.filter((mark) => !unstated.includes(mark));
  const total = sumAmounts(unstated.map(({ row }) => String(rows[row]?.at(-1) ?? '0')));
  const named = unknown.slice(0, 12).map(({ title, text }) => `${title} (${text})`);
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more, see the table` : '';
  return [
    ...(value && unstated.length > 0 ? [`${formatCell(total, value, currency)} has no ${noun}.`] : []),
    ...(named.length > 0 ? [`Not on the map: ${named.join(', ')}${more}.`] : []),
  ];
}

/** Returns the largest outline of each country, so that French Guiana does not stretch a map of Europe to America. */
function getOutlines(names: ReadonlySet<string>): readonly Position[] {
  return countries.features
    .filter(({ properties }) => names.has(properties.name))
    .flatMap(({ geometry }) => {
      const outlines =
        geometry.type === 'Polygon' ? [geometry.coordinates[0]] : geometry.coordinates.map(([outline]) => outline);
      return outlines.reduce((one, other) => ((other?.length ?? 0) > (one?.length ?? 0) ? other : one)) ?? [];
    });
}
