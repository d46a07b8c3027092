import { date, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { currencyCode, money } from '../columns.ts';
import { defineFeed } from '../define-feed.ts';
import { rowKey, rowState } from '../row-columns.ts';

export const incomes = mysqlTable(
  'incomes',
  {
    ...rowKey(),
    date: date('date', { mode: 'string' }).notNull(),
    source: varchar('source', { length: 128 }).notNull(),
    category: varchar('category', { length: 64 }).notNull(),
    account: varchar('account', { length: 64 }).notNull(),
    amount: money('amount').notNull(),
    currency: currencyCode('currency').notNull(),
    description: varchar('description', { length: 255 }).notNull(),
    transactionId: varchar('transaction_id', { length: 64 }),
    ...rowState(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
);

export default defineFeed(incomes, {
  title: 'Income',
  description: 'Money received: one row for each payment.',
  headers: {
    date: 'Day the money arrived, YYYY-MM-DD.',
    source: 'The person or company that paid, as named in the statement.',
    category: 'The kind of income, such as Salary or Interest.',
    account: 'The account that received the money.',
    amount: 'Amount in the unit of the currency: positive if received, negative if taken back.',
    currency: 'ISO 4217 code of the amount.',
    description: 'Free text; may be empty.',
    transactionId: "The bank's own id of the payment. If a row has an id, the id alone identifies the row.",
  },
  naturalKey: ['date', 'source', 'account', 'amount', 'currency', 'description'],
  rules: {
    period: 'date',
    money: { amount: 'amount', currency: 'currency' },
    transactionId: 'transactionId',
    mayBeEmpty: ['description'],
  },
  samples: [
    {
      date: '2025-03-01',
      source: 'Nordlicht GmbH',
      category: 'Salary',
      account: 'Checking',
      amount: '3120.00',
      currency: 'EUR',
      description: 'March',
    },
    {
      date: '2025-03-31',
      source: 'Sparbank',
      category: 'Interest',
      account: 'Savings',
      amount: '4.17',
      currency: 'EUR',
      description: '',
      transactionId: 'spb-2025-03',
    },
  ],
});
