/** The columns that every summary's table has, spread into its definition. */
import { bigint, int } from 'drizzle-orm/mysql-core';
import { moneySum } from './columns.ts';

/** Whose rows are added up. */
export const summaryKey = () => ({
  /** The upload (`uploads.upload_id`). */
  uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
});

/** What a group of rows comes to: rows that another upload shows (`shadowed`) are left out. */
export const summaryTotals = () => ({
  amount: moneySum('amount').notNull(),
  /** Rows; 0 where another upload shows them all. */
  transactions: int('transactions').notNull(),
});

export type SummaryTotal = keyof ReturnType<typeof summaryTotals>;

/** The property names of both. */
export const summaryColumns: ReadonlySet<string> = new Set([
  ...Object.keys(summaryKey()),
  ...Object.keys(summaryTotals()),
]);
