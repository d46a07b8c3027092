/** Which rows of its view a visual is about: the owner's, the visual's own, and those that a reader has chosen. */
import { and, eq, gte, isNull, lte, type SQL } from 'drizzle-orm';
import { type ColumnOf, type FilterName, type Filters, filterColumns, type ViewName, type Visual } from '../model.ts';
import { FilterError } from './errors.ts';
import type { Days } from './newest-payments.ts';
import type { NamedView } from './view-named.ts';

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/**
 * The predicate, the owner first. Every value is a parameter.
 *
 * @throws {FilterError} a month is none, or a drill narrows what the visual does not offer.
 */
export function narrowed(visual: Visual, from: NamedView, owner: string, filters: Filters): SQL {
  const has = (filter: FilterName) => (visual.filters as readonly FilterName[]).includes(filter);
  const equal = (column: ColumnOf<ViewName>, value: string | null) =>
    value === null ? isNull(from.column(column)) : eq(from.column(column), value);

  const chosen = (['currency', 'category', 'account'] as const).flatMap((filter) => {
    const value = filters[filter];
    return has(filter) && value !== undefined ? [equal(filter, value)] : [];
  });
  const fixed = Object.entries(visual.only ?? {}).map(([column, value]) =>
    equal(column as ColumnOf<ViewName>, value ?? null),
  );
  return and(
    eq(from.column('owner'), owner),
    ...fixed,
    ...chosen,
    ...(has('period') ? inPeriod(from, filters) : []),
    ...drilled(visual, filters).map(([column, value]) => equal(column, value)),
  ) as SQL;
}

function drilled(visual: Visual, { drill = {} }: Filters): [ColumnOf<ViewName>, string | null][] {
  const offered: readonly string[] = visual.narrowedBy ?? [];
  return Object.entries(drill).map(([column, value]) => {
    if (!offered.includes(column)) {
      const those = offered.length === 0 ? 'nothing' : offered.join(', ');
      throw new FilterError(`The visual ${visual.id} cannot be narrowed by ${column}; it can be by ${those}.`);
    }
    return [column as ColumnOf<ViewName>, value];
  });
}

/** Both months inclusive: of dates to the last day, of moments to its last microsecond. */
function inPeriod(view: NamedView, { from, to }: Filters): SQL[] {
  for (const month of [from, to]) {
    if (month !== undefined && !MONTH.test(month)) {
      throw new FilterError(`${JSON.stringify(month)} is no month: write one as YYYY-MM, such as 2025-03.`);
    }
  }
  const name = filterColumns.period.find((candidate) => view.columns.includes(candidate));
  if (name === undefined) return [];
  const column = view.column(name);
  const ofMonths = name === 'month' || name === 'month_received';
  const least = from === undefined ? [] : [gte(column, ofMonths ? from : `${from}-01`)];
  const endOfDay = name === 'date' ? '' : ' 23:59:59.999999';
  const most = to === undefined ? [] : [lte(column, ofMonths ? to : `${lastDayOf(to)}${endOfDay}`)];
  return [...least, ...most];
}

/** The days that the filters leave to a list of payments. */
export function daysOf(visual: Visual, { from, to, drill }: Filters): Days {
  const day = drill?.date;
  if (day) return { from: day, to: day };
  if (!(visual.filters as readonly FilterName[]).includes('period')) return {};
  return {
    from: from === undefined ? undefined : `${from}-01`,
    to: to === undefined ? undefined : lastDayOf(to),
  };
}

/** `2024-02`: `2024-02-29`. There is no day after the last month that a date can have, 9999-12. */
function lastDayOf(month: string): string {
  const day = new Date(`${month}-01T00:00:00Z`);
  day.setUTCMonth(day.getUTCMonth() + 1, 0);
  return day.toISOString().slice(0, 10);
}
