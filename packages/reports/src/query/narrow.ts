/** Builds the WHERE clause of a visual from the owner, the visual's own conditions and the reader's filters. */
import { and, eq, gte, isNull, lte, type SQL } from 'drizzle-orm';
import { type ColumnOf, type FilterName, type Filters, filterColumns, type ViewName, type Visual } from '../model.ts';
import { FilterError } from './errors.ts';
import type { Days } from './newest-payments.ts';
import type { NamedView } from './view-named.ts';

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/**
 * Returns the predicate of a visual's query. The condition on the owner comes first, and every value is a parameter.
 *
 * @throws {FilterError} if a month is not valid, or if a drill narrows a column that is not in `narrowedBy`.
 */
export function predicateOf(visual: Visual, from: NamedView, owner: string, filters: Filters): SQL {
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
    ...drillConditions(visual, filters).map(([column, value]) => equal(column, value)),
  ) as SQL;
}

function drillConditions(visual: Visual, { drill = {} }: Filters): [ColumnOf<ViewName>, string | null][] {
  const offered: readonly string[] = visual.narrowedBy ?? [];
  return Object.entries(drill).map(([column, value]) => {
    if (!offered.includes(column)) {
      const columns = offered.length === 0 ? 'no column' : offered.join(', ');
      throw new FilterError(`The visual ${visual.id} cannot be narrowed by ${column}, only by ${columns}.`);
    }
    return [column as ColumnOf<ViewName>, value];
  });
}

/**
 * The period includes both months completely: up to the last day for dates, and up to the last microsecond for times.
 */
function inPeriod(view: NamedView, { from, to }: Filters): SQL[] {
  for (const month of [from, to]) {
    if (month !== undefined && !MONTH.test(month)) {
      throw new FilterError(`${JSON.stringify(month)} is not a month. Write it as YYYY-MM, such as 2025-03.`);
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

/** Returns the days to which the filters limit a list of payments. */
export function daysOf(visual: Visual, { from, to, drill }: Filters): Days {
  const day = drill?.date;
  if (day) return { from: day, to: day };
  if (!(visual.filters as readonly FilterName[]).includes('period')) return {};
  return {
    from: from === undefined ? undefined : `${from}-01`,
    to: to === undefined ? undefined : lastDayOf(to),
  };
}

/**
 * Returns the last day of a month. A condition on the next month's first day would fail for 9999-12, MySQL's last
 * month.
 */
function lastDayOf(month: string): string {
  const day = new Date(`${month}-01T00:00:00Z`);
  day.setUTCMonth(day.getUTCMonth() + 1, 0);
  return day.toISOString().slice(0, 10);
}
