/** The columns that all summary tables share. */
import { bigint, int } from 'drizzle-orm/mysql-core';
import { moneySum } from './columns.ts';

/** The column that names the summarised upload. */
export const summaryKey = () => ({
  /** The upload (`uploads.upload_id`). */
  uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
});

/** The columns for the totals of a group. Rows that another upload shows (`shadowed`) are not counted. */
export const summaryTotals = () => ({
  amount: moneySum('amount').notNull(),
  /** Number of the counted rows. It is 0 if another upload shows all rows of the group. */
  transactions: int('transactions').notNull(),
});

export type SummaryTotal = keyof ReturnType<typeof summaryTotals>;

/** The property names of all shared columns. */
export const summaryColumns: ReadonlySet<string> = new Set([
  ...Object.keys(summaryKey()),
  ...Object.keys(summaryTotals()),
]);
