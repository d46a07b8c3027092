import { date, int, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { currencyCode, money } from './columns.ts';
import {
  type DecimalColumn,
  defineFeed,
  type FeedColumn,
  type OptionalColumn,
  type RequiredColumn,
} from './define-feed.ts';
import type { expenses } from './feeds/expenses.ts';
import { rowKey, rowState } from './row-columns.ts';

const donations = (name = 'donations') =>
  mysqlTable(
    name,
    {
      ...rowKey(),
      date: date('date', { mode: 'string' }).notNull(),
      charity: varchar('charity', { length: 64 }).notNull(),
      amount: money('amount').notNull(),
      currency: currencyCode('currency').notNull(),
      receiptNo: varchar('receipt_no', { length: 32 }),
      ...rowState(),
    },
    (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
  );

const headers = { date: 'Day.', charity: 'Who.', amount: 'How much.', currency: 'Of what.', receiptNo: 'Receipt.' };
const rules = { period: 'date', money: { amount: 'amount', currency: 'currency' } } as const;
const sample = { date: '2025-01-02', charity: 'Lifeboats', amount: '10.00', currency: 'GBP' };
const texts = { title: 'Donations', description: 'Money given.' };
const good = { ...texts, headers, naturalKey: ['date', 'charity'], rules, samples: [sample] } as const;

describe('defineFeed', () => {
  it('provides types for the columns of a CSV: required, optional and decimal columns', () => {
    expectTypeOf<FeedColumn<typeof expenses>>().toEqualTypeOf<
      | 'date'
      | 'merchant'
      | 'category'
      | 'account'
      | 'amount'
      | 'currency'
      | 'description'
      | 'country'
      | 'city'
      | 'transactionId'
    >();
    expectTypeOf<OptionalColumn<typeof expenses>>().toEqualTypeOf<'country' | 'city' | 'transactionId'>();
    expectTypeOf<RequiredColumn<typeof expenses>>().toEqualTypeOf<
      Exclude<FeedColumn<typeof expenses>, OptionalColumn<typeof expenses>>
    >();
    expectTypeOf<DecimalColumn<typeof expenses>>().toEqualTypeOf<'amount'>();
  });

  it('uses the column names as headers, in the order of the table', () => {
    const feed = defineFeed(donations(), { ...good, rules: { ...rules, transactionId: 'receiptNo' } });
    expect(feed.headers.map(({ header }) => header)).toEqual(['date', 'charity', 'amount', 'currency', 'receipt_no']);
    expect(feed).toMatchObject({ name: 'donations', period: 'date', transactionId: 'receipt_no' });
  });

  it('does not compile with a missing or unknown header, or with a key or rule for an unsuitable column', () => {
    const { charity: _, ...withoutCharity } = headers;
    const attempts = [
      () =>
        defineFeed(donations(), {
          ...good,
          // @ts-expect-error: charity has no header text
          headers: withoutCharity,
        }),
      () =>
        defineFeed(donations(), {
          ...good,
          // @ts-expect-error: the table has no column town
          headers: { ...headers, town: 'Where.' },
        }),
      () =>
        defineFeed(donations(), {
          ...good,
          // @ts-expect-error: the job writes the fingerprint, so no CSV has it
          headers: { ...headers, fingerprint: 'Digest.' },
        }),
      () =>
        defineFeed(donations(), {
          ...good,
          // @ts-expect-error: a row without a receipt could not be identified
          naturalKey: ['date', 'receiptNo'],
        }),
      () =>
        defineFeed(donations(), {
          ...good,
          // @ts-expect-error: an empty key would make all rows equal
          naturalKey: [],
        }),
      () =>
        defineFeed(donations(), {
          ...good,
          // @ts-expect-error: charity is not a number
          rules: { period: 'date', money: { amount: 'charity', currency: 'currency' } },
        }),
      () =>
        defineFeed(donations(), {
          ...good,
          // @ts-expect-error: every row has a charity, so it is not an optional identifier
          rules: { ...rules, transactionId: 'charity' },
        }),
      () =>
        defineFeed(donations(), {
          ...good,
          // @ts-expect-error: money is a string, never a float
          samples: [{ ...sample, amount: 10 }],
        }),
    ];
    expect(attempts).toHaveLength(8);
  });

  it('does not compile with a table that lacks the shared row columns', () => {
    const bare = mysqlTable('bare', { date: date('date', { mode: 'string' }).notNull() });
    // @ts-expect-error: no upload_id, row_no, fingerprint or shadowed
    expect(() => defineFeed(bare, { ...good, headers: { date: 'Day.' } })).toThrow();
  });

  it('rejects a table with another primary key and names the required key', () => {
    const keyless = mysqlTable('donations', {
      ...rowKey(),
      date: date('date', { mode: 'string' }).notNull(),
      amount: money('amount').notNull(),
      currency: currencyCode('currency').notNull(),
      ...rowState(),
    });
    expect(() =>
      defineFeed(keyless, {
        ...texts,
        headers: { date: 'Day.', amount: 'How much.', currency: 'Of what.' },
        naturalKey: ['date'],
        rules,
        samples: [{ date: '2025-01-02', amount: '1', currency: 'EUR' }],
      }),
    ).toThrow(
      'Feed donations: give the table primaryKey({ columns: [row.uploadId, row.rowNo] }) and no other primary key.',
    );
  });

  it('rejects a name that is not a valid folder and table name', () => {
    expect(() => defineFeed(donations('My Donations'), good)).toThrow(
      'Feed My Donations: name the table with lower-case letters, digits and _, at most 40 characters.',
    );
  });

  it('rejects a column name with capital letters, because headers are compared in lower case', () => {
    const shouting = mysqlTable(
      'shouting',
      {
        ...rowKey(),
        date: date('DATE', { mode: 'string' }).notNull(),
        amount: money('amount').notNull(),
        currency: currencyCode('currency').notNull(),
        times: int('times'),
        ...rowState(),
      },
      (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
    );
    expect(() =>
      defineFeed(shouting, {
        ...texts,
        headers: { date: 'Day.', amount: 'How much.', currency: 'Of what.', times: 'How often.' },
        naturalKey: ['date'],
        rules,
        samples: [{ date: '2025-01-02', amount: '1', currency: 'EUR' }],
      }),
    ).toThrow('write the column DATE in lower case');
  });
});
