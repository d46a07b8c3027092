import { date, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { countryCode, currencyCode, money } from '../columns.ts';
import { defineFeed } from '../define-feed.ts';
import { rowKey, rowState } from '../row-columns.ts';

export const expenses = mysqlTable(
  'expenses',
  {
    ...rowKey(),
    date: date('date', { mode: 'string' }).notNull(),
    merchant: varchar('merchant', { length: 128 }).notNull(),
    category: varchar('category', { length: 64 }).notNull(),
    account: varchar('account', { length: 64 }).notNull(),
    amount: money('amount').notNull(),
    currency: currencyCode('currency').notNull(),
    description: varchar('description', { length: 255 }).notNull(),
    country: countryCode('country'),
    city: varchar('city', { length: 64 }),
    transactionId: varchar('transaction_id', { length: 64 }),
    ...rowState(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
);

export default defineFeed(expenses, {
  title: 'Expenses',
  description: 'Money spent: one row for each payment or refund.',
  headers: {
    date: 'Day of the payment, YYYY-MM-DD.',
    merchant: 'The merchant that was paid, as named in the statement.',
    category: 'The spending category. Use the same names as in the budgets.',
    account: 'The account or card that paid.',
    amount: 'Amount in the unit of the currency, such as 12.50: positive if spent, negative for a refund.',
    currency: 'ISO 4217 code of the amount.',
    description: 'Free text; may be empty.',
    country: 'ISO 3166-1 alpha-2 code of the country where the money was spent.',
    city: 'Town or city where the money was spent.',
    transactionId: "The bank's own id of the payment. If a row has an id, the id alone identifies the row.",
  },
  naturalKey: ['date', 'merchant', 'account', 'amount', 'currency', 'description'],
  rules: {
    period: 'date',
    money: { amount: 'amount', currency: 'currency' },
    transactionId: 'transactionId',
    mayBeEmpty: ['description'],
    countryCodes: ['country'],
  },
  samples: [
    {
      date: '2025-03-01',
      merchant: 'Greenmarket',
      category: 'Groceries',
      account: 'Checking',
      amount: '54.20',
      currency: 'EUR',
      description: 'Weekly shop',
      country: 'DE',
      city: 'Berlin',
    },
    {
      date: '2025-03-02',
      merchant: 'Kaffeehaus',
      category: 'Eating out',
      account: 'Visa',
      amount: '3.80',
      currency: 'EUR',
      description: '',
      country: 'AT',
      city: 'Wien',
      transactionId: 'visa-000481',
    },
    {
      date: '2025-03-05',
      merchant: 'Greenmarket',
      category: 'Groceries',
      account: 'Checking',
      amount: '-4.10',
      currency: 'EUR',
      description: 'Refund, "bad" avocado',
    },
  ],
});
