import { date, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import { currencyCode, exactText } from '../columns.ts';
import { defineSummary } from '../define-summary.ts';
import feed from '../feeds/expenses.ts';
import { summaryKey, summaryTotals } from '../summary-columns.ts';

/** Expenses by day, currency and category. */
export const expensesByCategoryDay = mysqlTable(
  'expenses_by_category_day',
  {
    ...summaryKey(),
    date: date('date', { mode: 'string' }).notNull(),
    currency: currencyCode('currency').notNull(),
    category: exactText('category', { length: 64 }).notNull(),
    ...summaryTotals(),
  },
  (row) => [
    primaryKey({ name: 'expenses_by_category_day_pk', columns: [row.uploadId, row.date, row.currency, row.category] }),
  ],
);

export default defineSummary(expensesByCategoryDay, feed);
