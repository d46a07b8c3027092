import { mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import { currencyCode, exactText, month } from '../columns.ts';
import { defineSummary } from '../define-summary.ts';
import feed from '../feeds/expenses.ts';
import { summaryKey, summaryTotals } from '../summary-columns.ts';

/** Expenses by month, currency and place. A missing country or city is stored as ''. */
export const expensesByPlaceMonth = mysqlTable(
  'expenses_by_place_month',
  {
    ...summaryKey(),
    month: month('month').notNull(),
    currency: currencyCode('currency').notNull(),
    country: exactText('country', { length: 2 }).notNull(),
    city: exactText('city', { length: 64 }).notNull(),
    ...summaryTotals(),
  },
  (row) => [
    primaryKey({
      name: 'expenses_by_place_month_pk',
      columns: [row.uploadId, row.month, row.currency, row.country, row.city],
    }),
  ],
);

export default defineSummary(expensesByPlaceMonth, feed);
