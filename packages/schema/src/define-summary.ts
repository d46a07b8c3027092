import { getTableColumns } from 'drizzle-orm';
import { getTableConfig, type MySqlColumn, type MySqlTable } from 'drizzle-orm/mysql-core';
import type { Feed } from './define-feed.ts';
import { type SummaryTotal, summaryColumns } from './summary-columns.ts';

/** A table that has the shared columns of summaries. */
export type SummaryTable = MySqlTable & { readonly [Name in SummaryTotal | 'uploadId']: MySqlColumn };

/** A column to group rows by. */
export interface SummaryColumn {
  readonly column: MySqlColumn;
  /** The header in the feed that supplies the value. */
  readonly header: string;
  /** Which part of the cell to use: the month of a date, or null for the whole cell. */
  readonly part: 'month' | null;
}

/** The totals of a feed's rows, grouped by upload and by some columns. Views read a summary instead of the rows. */
export interface Summary {
  /** The name of the summary's table, such as `expenses_by_category_month`. */
  readonly name: string;
  readonly table: SummaryTable;
  readonly feed: Feed;
  /** The columns to group by, in the order of the primary key. */
  readonly columns: readonly SummaryColumn[];
}

/** Thrown if a summary's definition breaks a rule. The message names the summary and the change to make. */
export class SummaryDefinitionError extends Error {
  override readonly name = 'SummaryDefinitionError';

  constructor(summary: string, problem: string) {
    super(`Summary ${summary}: ${problem}`);
  }
}

/**
 * Declares a table that contains a summary of a feed's rows.
 *
 * The job groups the rows by all columns of the table except the shared summary columns. A grouping column has the
 * name of a feed column. The exception is `month`, which may be the month of the feed's date.
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
      'make the primary key upload_id followed by all columns to group by, in their order.',
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
  if (source === undefined)
    throw new SummaryDefinitionError(summary, `feed ${feed.name} has no column ${column.name}.`);
  // The job groups cells byte by byte, so the table must compare them byte by byte.
  if (column.getSQLType().startsWith('varchar') && !column.getSQLType().endsWith('utf8mb4_0900_bin')) {
    throw new SummaryDefinitionError(
      summary,
      `declare ${column.name} as exactText: the job compares texts byte by byte.`,
    );
  }
  if (!column.notNull) {
    throw new SummaryDefinitionError(
      summary,
      `declare ${column.name} as NOT NULL. The column is part of the key, so a missing value is stored as ''.`,
    );
  }
  return { column, header: source.header, part: null };
}
