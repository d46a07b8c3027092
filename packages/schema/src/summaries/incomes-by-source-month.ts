import { mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import { currencyCode, exactText, month } from '../columns.ts';
import { defineSummary } from '../define-summary.ts';
import feed from '../feeds/incomes.ts';
import { summaryKey, summaryTotals } from '../summary-columns.ts';

/** Incomes by month, currency and source. */
export const incomesBySourceMonth = mysqlTable(
  'incomes_by_source_month',
  {
    ...summaryKey(),
    month: month('month').notNull(),
    currency: currencyCode('currency').notNull(),
    source: exactText('source', { length: 128 }).notNull(),
    ...summaryTotals(),
  },
  (row) => [
    primaryKey({ name: 'incomes_by_source_month_pk', columns: [row.uploadId, row.month, row.currency, row.source] }),
  ],
);

export default defineSummary(incomesBySourceMonth, feed);
