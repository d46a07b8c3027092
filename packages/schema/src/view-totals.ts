/**
 * How a view reads totals of a feed's shown rows: from the uploads' summaries where they stand, otherwise from the rows.
 *
 * The parts are said in SQL, one flat union: Drizzle nests unions of more than two selects, which MySQL knows from 8.0.31 on only,
 * and a condition on the owner has to reach the inside of each (docs/adr/0016).
 */
import { type SQL, sql } from 'drizzle-orm';
import { uploadSummaries } from './bookkeeping/upload-summaries.ts';
import { uploads } from './bookkeeping/uploads.ts';
import type { Summary } from './define-summary.ts';
import { asTotal, isPublished, isShown, monthOf } from './view-expressions.ts';

/** What a part selects from. */
interface Totals {
  /** What is added up by: a column of the summary. */
  by(column: string): SQL;
  /** Of a group. */
  readonly amount: SQL;
}

/** A select of the union gives these columns, between `owner` and `transactions`. */
type Fields = (totals: Totals) => Readonly<Record<string, SQL>>;

/** The selects that together tell the totals of a feed's shown rows. */
export function totalsOf(summary: Summary, fields: Fields): SQL[] {
  return [ofSummaries(summary, fields), ofRows(summary, fields)];
}

/** Not grouped: there is nothing to gain before the uploads meet. */
function ofSummaries({ name, table, columns }: Summary, fields: Fields): SQL {
  const selected = fields({
    by: (wanted) => {
      const { column } = columnOf(columns, wanted, name);
      // As the feed's own text compares; the summary tells texts apart by their bytes.
      if (column.getSQLType().endsWith('utf8mb4_0900_bin')) return sql`${column} collate utf8mb4_0900_as_cs`;
      return sql`${column}`;
    },
    amount: asTotal(sql`${table.amount}`),
  });
  return sql`select straight_join ${uploads.owner} as \`owner\`, ${listOf(selected)}, ${table.transactions} as \`transactions\` from ${uploads} inner join ${uploadSummaries} on ${stands(name)} inner join ${table} force index (primary) on ${uploads.uploadId} = ${table.uploadId} where ${uploads.state} = 'published'`;
}

function ofRows({ name, feed, columns }: Summary, fields: Fields): SQL {
  const rows = feed.table;
  const cells = Object.fromEntries(feed.headers.map(({ header, column }) => [header, column]));
  const groups: SQL[] = [sql`${uploads.owner}`];
  const amount = cells[feed.amount];
  if (amount === undefined) throw new TypeError(`Feed ${feed.name} has no ${feed.amount}.`);
  const selected = fields({
    by: (wanted) => {
      const { header, part } = columnOf(columns, wanted, name);
      const cell = sql`${cells[header]}`;
      const group = part === 'month' ? monthOf(cell) : cell;
      groups.push(group);
      return group;
    },
    amount: asTotal(sql`sum(${amount})`),
  });
  return sql`select straight_join ${uploads.owner} as \`owner\`, ${listOf(selected)}, count(*) as \`transactions\` from ${uploads} left join ${uploadSummaries} on ${stands(name)} inner join ${rows} force index (primary) on ${isPublished(rows)} where ${uploadSummaries.uploadId} is null and ${isShown(rows)} group by ${sql.join(groups, sql`, `)}`;
}

/** The summary is of the upload as it is now. */
function stands(summary: string): SQL {
  return sql`${uploadSummaries.uploadId} = ${uploads.uploadId} and ${uploadSummaries.summary} = ${sql.raw(`'${summary}'`)} and ${uploadSummaries.usable} and ${uploadSummaries.asOf} = ${uploads.updatedAt}`;
}

function columnOf(columns: Summary['columns'], wanted: string, summary: string): Summary['columns'][number] {
  const found = columns.find(({ column }) => column.name === wanted);
  if (found === undefined) throw new TypeError(`Summary ${summary} does not add up by ${wanted}.`);
  return found;
}

function listOf(selected: Readonly<Record<string, SQL>>): SQL {
  const columns = Object.entries(selected).map(([name, value]) => sql`${value} as ${sql.identifier(name)}`);
  return sql.join(columns, sql`, `);
}

/** Selects as one table to select from, and its columns. */
export function unionOf(name: string, selects: readonly SQL[]) {
  const transactions = sql`${sql.identifier(name)}.${sql.identifier('transactions')}`;
  return {
    /** Some row is shown: a summary keeps groups of which another upload shows every row. */
    isShown: sql`sum(${transactions}) > 0`,
    table: sql`(${sql.join([...selects], sql` union all `)}) as ${sql.identifier(name)}`,
    column: <Type = string>(column: string): SQL<Type> => sql<Type>`${sql.identifier(name)}.${sql.identifier(column)}`,
  };
}
