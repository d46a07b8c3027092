import { mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { currencyCode, money, month } from '../columns.ts';
import { defineFeed } from '../define-feed.ts';
import { rowKey, rowState } from '../row-columns.ts';

export const budgets = mysqlTable(
  'budgets',
  {
    ...rowKey(),
    month: month('month').notNull(),
    category: varchar('category', { length: 64 }).notNull(),
    amount: money('amount').notNull(),
    currency: currencyCode('currency').notNull(),
    ...rowState(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
);

export default defineFeed(budgets, {
  title: 'Budgets',
  description: 'Planned spending: one row for each month, category and currency.',
  headers: {
    month: 'Month of the budget, YYYY-MM.',
    category: 'The spending category. Use the same names as in the expenses.',
    amount: 'Amount in the unit of the currency, zero or more.',
    currency: 'ISO 4217 code of the amount.',
  },
  naturalKey: ['month', 'category', 'currency'],
  rules: {
    period: 'month',
    money: { amount: 'amount', currency: 'currency' },
    minimum: { amount: '0' },
  },
  samples: [
    { month: '2025-03', category: 'Groceries', amount: '400.00', currency: 'EUR' },
    { month: '2025-03', category: 'Eating out', amount: '120.00', currency: 'EUR' },
    { month: '2025-04', category: 'Groceries', amount: '420.00', currency: 'EUR' },
  ],
});
