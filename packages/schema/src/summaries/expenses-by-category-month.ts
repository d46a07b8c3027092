import { mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import { currencyCode, exactText, month } from '../columns.ts';
import { defineSummary } from '../define-summary.ts';
import feed from '../feeds/expenses.ts';
import { summaryKey, summaryTotals } from '../summary-columns.ts';

/** Expenses by month, currency and category. A household has a few hundred of these rows a year. */
export const expensesByCategoryMonth = mysqlTable(
  'expenses_by_category_month',
  {
    ...summaryKey(),
    month: month('month').notNull(),
    currency: currencyCode('currency').notNull(),
    category: exactText('category', { length: 64 }).notNull(),
    ...summaryTotals(),
  },
  (row) => [
    primaryKey({
      name: 'expenses_by_category_month_pk',
      columns: [row.uploadId, row.month, row.currency, row.category],
    }),
  ],
);

export default defineSummary(expensesByCategoryMonth, feed);
