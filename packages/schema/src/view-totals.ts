/**
 * Builds the SQL with which a view reads the totals of a feed's shown rows. An upload's totals come from its summary if
 * the summary is current, and otherwise from its rows.
 *
 * The union is written as SQL text for two reasons. First, Drizzle nests unions of more than two selects, and MySQL
 * supports nested unions only since 8.0.31. Second, a condition on the owner must apply inside each part of the union
 * (docs/adr/0016).
 */
import { type SQL, sql } from 'drizzle-orm';
import { uploadSummaries } from './bookkeeping/upload-summaries.ts';
import { uploads } from './bookkeeping/uploads.ts';
import type { Summary } from './define-summary.ts';
import { sqlTypeOf, typed, typeOfExpression } from './expression-types.ts';
import { asTotal, isPublished, isShown, monthOf } from './view-expressions.ts';

/** One SELECT of a union. */
export interface UnionPart {
  readonly select: SQL;
  /** The SQL types of the part's columns, as far as they are known. */
  readonly types: Readonly<Record<string, string>>;
}

/** The columns of one part of the union. A view builds its own columns from them. */
interface Totals {
  /** Returns a grouping column of the summary. */
  by(column: string): SQL;
  /** The amount of a group. */
  readonly amount: SQL;
}

/** Builds the columns of a part that come between `owner` and `transactions`. */
type Fields = (totals: Totals) => Readonly<Record<string, SQL>>;

/** Returns the parts of a union. Together they contain the totals of a feed's shown rows. */
export function totalsOf(summary: Summary, fields: Fields): UnionPart[] {
  return [totalsOfSummaries(summary, fields), totalsOfRows(summary, fields)];
}

/**
 * Returns the part for uploads with a current summary. The part is not grouped, because the view groups over all
 * uploads.
 */
function totalsOfSummaries({ name, table, columns }: Summary, fields: Fields): UnionPart {
  const selected = fields({
    by: (wanted) => {
      const { column } = findColumn(columns, wanted, name);
      // Uses the collation of the feed's own text, because the summary's text columns compare byte by byte.
      if (column.getSQLType().endsWith('utf8mb4_0900_bin')) return sql`${column} collate utf8mb4_0900_as_cs`;
      return sql`${column}`;
    },
    amount: asTotal(sql`${table.amount}`),
  });
  const select = sql`select straight_join ${uploads.owner} as \`owner\`, ${listOf(selected)}, ${table.transactions} as \`transactions\` from ${uploads} inner join ${uploadSummaries} on ${isCurrent(name)} inner join ${table} force index (primary) on ${uploads.uploadId} = ${table.uploadId} where ${uploads.state} = 'published'`;
  // This part declares no types, because the part with the rows declares them. A union of CHAR and VARCHAR is VARCHAR.
  return { select, types: {} };
}

/** Returns the part for uploads without a current summary. */
function totalsOfRows({ name, feed, columns }: Summary, fields: Fields): UnionPart {
  const rows = feed.table;
  const cells = Object.fromEntries(feed.headers.map(({ header, column }) => [header, column]));
  const groups: SQL[] = [sql`${uploads.owner}`];
  const amount = cells[feed.amount];
  if (amount === undefined) throw new TypeError(`Feed ${feed.name} has no column ${feed.amount}.`);
  const selected = fields({
    by: (wanted) => {
      const { header, part } = findColumn(columns, wanted, name);
      const cell = typed(sql`${cells[header]}`, cells[header]);
      const group = part === 'month' ? monthOf(cell) : cell;
      groups.push(group);
      return group;
    },
    amount: asTotal(sql`sum(${amount})`),
  });
  const select = sql`select straight_join ${uploads.owner} as \`owner\`, ${listOf(selected)}, count(*) as \`transactions\` from ${uploads} left join ${uploadSummaries} on ${isCurrent(name)} inner join ${rows} force index (primary) on ${isPublished(rows)} where ${uploadSummaries.uploadId} is null and ${isShown(rows)} group by ${sql.join(groups, sql`, `)}`;
  const types = Object.entries(selected).flatMap(([column, value]) => {
    const type = typeOfExpression(value);
    return type === undefined ? [] : [[column, type] as const];
  });
  return { select, types: Object.fromEntries(types) };
}

/** Joins an upload to its summary, if the summary matches the upload's current state. */
function isCurrent(summary: string): SQL {
  return sql`${uploadSummaries.uploadId} = ${uploads.uploadId} and ${uploadSummaries.summary} = ${sql.raw(`'${summary}'`)} and ${uploadSummaries.usable} and ${uploadSummaries.asOf} = ${uploads.updatedAt}`;
}

function findColumn(columns: Summary['columns'], wanted: string, summary: string): Summary['columns'][number] {
  const found = columns.find(({ column }) => column.name === wanted);
  if (found === undefined) throw new TypeError(`Summary ${summary} has no column ${wanted}.`);
  return found;
}

function listOf(selected: Readonly<Record<string, SQL>>): SQL {
  const columns = Object.entries(selected).map(([name, value]) => sql`${value} as ${sql.identifier(name)}`);
  return sql.join(columns, sql`, `);
}

/** Returns the union of the parts as a table to select from, together with its columns. */
export function unionOf(name: string, parts: readonly UnionPart[]) {
  const transactions = sql`${sql.identifier(name)}.${sql.identifier('transactions')}`;
  const types: Readonly<Record<string, string | undefined>> = Object.assign(
    { owner: sqlTypeOf(uploads.owner) },
    ...parts.map((part) => part.types),
  );
  return {
    /**
     * True for a group with at least one shown row. A summary also contains groups whose rows are all shown by another
     * upload.
     */
    hasShownRows: sql`sum(${transactions}) > 0`,
    table: sql`(${sql.join(
      parts.map(({ select }) => select),
      sql` union all `,
    )}) as ${sql.identifier(name)}`,
    column: <Type = string>(column: string): SQL<Type> =>
      typed(sql<Type>`${sql.identifier(name)}.${sql.identifier(column)}`, types[column]),
  };
}
