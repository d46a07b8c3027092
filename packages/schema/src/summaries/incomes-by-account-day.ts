import { date, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import { currencyCode, exactText } from '../columns.ts';
import { defineSummary } from '../define-summary.ts';
import feed from '../feeds/incomes.ts';
import { summaryKey, summaryTotals } from '../summary-columns.ts';

/** Incomes by account, currency and day. */
export const incomesByAccountDay = mysqlTable(
  'incomes_by_account_day',
  {
    ...summaryKey(),
    account: exactText('account', { length: 64 }).notNull(),
    currency: currencyCode('currency').notNull(),
    date: date('date', { mode: 'string' }).notNull(),
    ...summaryTotals(),
  },
  (row) => [
    primaryKey({ name: 'incomes_by_account_day_pk', columns: [row.uploadId, row.account, row.currency, row.date] }),
  ],
);

export default defineSummary(incomesByAccountDay, feed);
