import { getTableColumns } from 'drizzle-orm';
import { getTableConfig, type MySqlColumn, type MySqlTable } from 'drizzle-orm/mysql-core';
import type { Feed } from './define-feed.ts';
import { type SummaryTotal, summaryColumns } from './summary-columns.ts';

/** A table that has the shared columns of summaries. */
export type SummaryTable = MySqlTable & { readonly [Name in SummaryTotal | 'uploadId']: MySqlColumn };

/** A column that rows are added up by. */
export interface SummaryColumn {
  readonly column: MySqlColumn;
  /** The feed's header that it comes from. */
  readonly header: string;
  /** What of it: the month of a date, or null for the whole cell. */
  readonly part: 'month' | null;
}

/** A feed's rows added up, upload by upload: what a view reads in place of the rows. */
export interface Summary {
  /** `expenses_by_category_month`: its table. */
  readonly name: string;
  readonly table: SummaryTable;
  readonly feed: Feed;
  /** In the order of the primary key. */
  readonly columns: readonly SummaryColumn[];
}

/** A summary that cannot be: says which and what to change. */
export class SummaryDefinitionError extends Error {
  override readonly name = 'SummaryDefinitionError';

  constructor(summary: string, problem: string) {
    super(`Summary ${summary}: ${problem}`);
  }
}

/**
 * Tells which feed's rows a table adds up. By what is in the table itself: each of its columns beside the shared ones is one of the
 * feed's of the same name, or `month`, the month of the feed's date.
 */
export function defineSummary(table: SummaryTable, feed: Feed): Summary {
  const { name, primaryKeys } = getTableConfig(table);
  const columns = Object.entries(getTableColumns(table))
    .filter(([property]) => !summaryColumns.has(property))
    .map(([, column]) => summaryColumn(name, column, feed));
  const key = primaryKeys.flatMap((primaryKey) => primaryKey.columns.map((column) => column.name));
  if (key.join() !== ['upload_id', ...columns.map(({ column }) => column.name)].join()) {
    throw new SummaryDefinitionError(
      name,
      'let its primary key be upload_id and all that it adds up by, in their order.',
    );
  }
  return { name, table, feed, columns };
}

function summaryColumn(summary: string, column: MySqlColumn, feed: Feed): SummaryColumn {
  const source = feed.headers.find(({ header }) => header === column.name);
  const period = feed.headers.find(({ header }) => header === feed.period);
  if (source === undefined && column.name === 'month' && period?.column.getSQLType() === 'date') {
    return { column, header: feed.period, part: 'month' };
  }
  if (source === undefined) throw new SummaryDefinitionError(summary, `feed ${feed.name} has no ${column.name}.`);
  // The job adds up by the bytes of a cell.
  if (column.getSQLType().startsWith('varchar') && !column.getSQLType().endsWith('utf8mb4_0900_bin')) {
    throw new SummaryDefinitionError(
      summary,
      `let ${column.name} be exactText: the job tells texts apart by their bytes.`,
    );
  }
  if (!column.notNull) {
    throw new SummaryDefinitionError(
      summary,
      `let ${column.name} be NOT NULL: no value is '' there, to be part of the key.`,
    );
  }
  return { column, header: source.header, part: null };
}
