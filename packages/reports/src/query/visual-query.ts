/** Builds the query of a visual: one SELECT over its view. */
import { and, asc, desc, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { QueryBuilder } from 'drizzle-orm/mysql-core';
import type { AnyDimension, AnyFigure, AnyLast, AnyRatio, AnyValue, Filters, Visual } from '../model.ts';
import { dimensionsOf, isRatio, nameOf, valuesOf } from '../parts.ts';
import { rowLimitOf } from './limits.ts';
import { predicateOf } from './narrow.ts';
import { findView, type NamedView } from './view-named.ts';

/** A query, and the information with which its rows become an answer. */
export interface VisualQuery {
  readonly query: SQLWrapper & { toSQL(): { sql: string; params: unknown[] } };
  /**
   * The maximum number of rows in the answer. The query reads one more row, which shows whether the answer omits rows.
   */
  readonly limit: number;
  /**
   * Whether the rows must be reversed. The query reads the newest rows first, so that a limit omits the oldest rows.
   */
  readonly reversed: boolean;
}

type Fields = Record<string, SQL.Aliased>;

/**
 * Returns the query of a visual for an owner. The query applies only the reader's filters that the visual has.
 *
 * For a visual in one currency, `filters` must contain the currency, which {@link runVisual} ensures.
 *
 * @param condition an additional condition on the view's rows
 * @throws {FilterError} if the filters do not apply to the visual.
 */
export function visualQuery(visual: Visual, owner: string, filters: Filters, condition?: SQL): VisualQuery {
  const from = findView(visual.view);
  const limit = rowLimitOf(visual);
  const where = and(predicateOf(visual, from, owner, filters), condition) as SQL;
  const dimensions = dimensionsOf(visual);

  if (visual.kind === 'list') {
    const fields = {
      ...fieldsOf(dimensions, (dimension) => from.column(dimension.column)),
      ...Object.fromEntries(visual.values.map((value) => [value.column, figureOf(from, value).as(value.column)])),
    };
    const newest = visual.newest.map((column) => desc(from.column(column)));
    const query = new QueryBuilder()
      .select(fields)
      .from(from.view)
      .where(where)
      .orderBy(...newest);
    return { query: query.limit(limit + 1), limit, reversed: false };
  }

  const { order, reversed } = orderOf(visual);
  const source = sourceOf(visual, from, where);
  const fields = {
    ...fieldsOf(dimensions, source.dimension),
    ...Object.fromEntries(valuesOf(visual).map((value) => [nameOf(value), source.value(value).as(nameOf(value))])),
  };
  // GROUP BY needs the expressions, because a bare name refers to the view's column and not to the answer's column.
  const groups = dimensions.map((dimension) => sql`${source.dimension(dimension)}`);
  const query = new QueryBuilder()
    .select(fields)
    .from(source.from)
    .where(source.where)
    .groupBy(...groups)
    // Without groups SQL returns one row even if there are no rows to add up.
    .having(sql`count(*) > 0`)
    .orderBy(...order)
    .limit(limit + 1);
  return { query, limit, reversed };
}

function fieldsOf(dimensions: readonly AnyDimension[], expression: (dimension: AnyDimension) => SQLWrapper): Fields {
  return Object.fromEntries(
    dimensions.map((dimension) => [dimension.column, sql`${expression(dimension)}`.as(dimension.column)]),
  );
}

/** Returns the source of a visual's groups: the view itself, or the view with rows ranked from the last day. */
function sourceOf(visual: Visual, from: NamedView, where: SQL) {
  const column = (name: Parameters<NamedView['column']>[0]) => from.column(name);
  const dimension = ({ column: name, grain }: AnyDimension) =>
    grain === 'month' ? sql`left(${column(name)}, 7)` : column(name);
  const last = valuesOf(visual).find(isLast);
  if (last === undefined) {
    return { from: from.view, where, dimension, value: (value: AnyValue) => totalOf(from, value) };
  }

  const partition = [...dimensionsOf(visual).map(dimension), column(last.per)];
  const place = sql`row_number() over (partition by ${sql.join(partition, sql`, `)} order by ${column(last.by)} desc)`;
  const ranked = new QueryBuilder()
    .select({
      ...fieldsOf(dimensionsOf(visual), dimension),
      ...Object.fromEntries(
        valuesOf(visual).map((value) => [nameOf(value), sql`${column((value as AnyFigure).column)}`.as(nameOf(value))]),
      ),
      place: place.as('place'),
    })
    .from(from.view)
    .where(where)
    .as('ranked');
  return {
    from: ranked,
    where: sql`${sql.identifier('place')} = 1`,
    dimension: ({ column: name }: AnyDimension) => sql.identifier(name),
    value: (value: AnyValue) => money(sql`sum(${sql.identifier(nameOf(value))})`),
  };
}

function isLast(value: AnyValue): value is AnyLast {
  return 'aggregate' in value && value.aggregate === 'last';
}

/** Casts an amount to 4 decimals, as in the views. */
const money = (amount: SQLWrapper) => sql`cast(${amount} as decimal(30,4))`;
const whole = (number: SQLWrapper) => sql`cast(${number} as signed)`;

/** Returns a figure of a single row. */
function figureOf(from: NamedView, { column, format }: AnyFigure): SQL {
  return format === 'money' ? money(from.column(column)) : whole(from.column(column));
}

/** Returns a value over a group. */
function totalOf(from: NamedView, value: AnyValue): SQL {
  if (isRatio(value)) return quotientOf(from, value);
  const column = from.column(value.column);
  if ('aggregate' in value && value.aggregate === 'count') return sql`count(${column})`;
  return value.format === 'money' ? money(sql`sum(${column})`) : whole(sql`sum(${column})`);
}

/**
 * In a quotient, MySQL keeps only 4 more decimals than the dividend has. The 16 added zeros keep the rounding exact.
 */
function quotientOf(from: NamedView, { numerator, denominator }: AnyRatio): SQL {
  const part = sql`sum(${from.column(numerator)})`;
  const all = sql`sum(${from.column(denominator)})`;
  return sql`case when ${all} > 0 then cast(${part} * 1.0000000000000000 / ${all} as decimal(38,4)) end`;
}

const isTime = ({ format }: AnyDimension) => format === 'month' || format === 'date' || format === 'moment';

/**
 * Returns the order of the rows: by time if the first dimension is a time, otherwise by value, largest first. The other
 * dimensions make the order deterministic.
 */
function orderOf(visual: Visual): { readonly order: readonly SQL[]; readonly reversed: boolean } {
  const dimensions = dimensionsOf(visual);
  const names = dimensions.map(({ column }) => sql.identifier(column));
  const [first] = dimensions;
  if (first !== undefined && isTime(first)) return { order: names.map((name) => desc(name)), reversed: true };
  const ascending = names.map((name) => asc(name));
  if (visual.kind === 'pivot' || visual.kind === 'heatmap') return { order: ascending, reversed: false };
  const [value] = valuesOf(visual);
  const largest = value === undefined ? [] : [desc(sql.identifier(nameOf(value)))];
  return { order: [...largest, ...ascending], reversed: false };
}
