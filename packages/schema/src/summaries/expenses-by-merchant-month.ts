import { mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import { currencyCode, exactText, month } from '../columns.ts';
import { defineSummary } from '../define-summary.ts';
import feed from '../feeds/expenses.ts';
import { summaryKey, summaryTotals } from '../summary-columns.ts';

/** Expenses by month, currency, category and merchant. */
export const expensesByMerchantMonth = mysqlTable(
  'expenses_by_merchant_month',
  {
    ...summaryKey(),
    month: month('month').notNull(),
    currency: currencyCode('currency').notNull(),
    category: exactText('category', { length: 64 }).notNull(),
    merchant: exactText('merchant', { length: 128 }).notNull(),
    ...summaryTotals(),
  },
  (row) => [
    primaryKey({
      name: 'expenses_by_merchant_month_pk',
      columns: [row.uploadId, row.month, row.currency, row.category, row.merchant],
    }),
  ],
);

export default defineSummary(expensesByMerchantMonth, feed);
