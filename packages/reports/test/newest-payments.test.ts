/** Compares newestPayments, which reads a few days at a time, with one query over all days. */
import { expenses, incomes } from '@centflow/schema/feeds';
import { createTestDatabase, type TestDatabase } from '@centflow/schema/testing';
import { enterUpload } from '@centflow/schema/testing/books';
import { transactions as payments } from '@centflow/schema/views';
import { and, desc, eq, gte, lte, type SQL } from 'drizzle-orm';
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newestPayments, type Reader } from '../src/query/index.ts';

const owner = 'ada';
const words = { category: 'Food', account: 'Cash', currency: 'EUR', description: '', amount: '1.0000' };
const months = ['2023-11', '2024-02', '2024-03', '2025-01'];

let database: TestDatabase;
let reporter: MySql2Database;

/**
 * Inserts an upload with rows on some days of a month. The covered days are recorded as the job does, or not at all.
 */
async function enter(feed: 'incomes' | 'expenses', month: string, days: readonly number[], isNoted: boolean) {
  const dates = days.map((day) => `${month}-${`${day}`.padStart(2, '0')}`).sort();
  const table = feed === 'incomes' ? incomes : expenses;
  const who = feed === 'incomes' ? { source: 'Works' } : { merchant: 'Shop' };
  const uploadId = await enterUpload(
    database,
    table as typeof expenses,
    feed,
    { owner },
    dates.map((date) => ({ ...words, ...who, date })) as never,
  );
  const covered = isNoted ? [dates[0], dates.at(-1)] : [null, null];
  await database.administrator.query(
    'UPDATE uploads SET first_date = ?, last_date = ?, rows_read = ?, rows_published = ? WHERE upload_id = ?',
    [...covered, dates.length, dates.length, uploadId],
  );
}

beforeAll(async () => {
  database = await createTestDatabase();
  reporter = drizzle(await database.connectAs('reporter'));
  for (const [index, month] of months.entries()) {
    await enter('expenses', month, [1, 1, 3, 9, 9, 20, 28], true);
    await enter('incomes', month, [1, 28], index !== 1);
  }
  await enter('expenses', '2024-03', [2, 27], false);
});
afterAll(() => database?.drop());

function read(reader: Reader, condition: SQL | undefined, limit = 1000) {
  return reader
    .select({ date: payments.date, uploadId: payments.upload_id, rowNo: payments.row_no })
    .from(payments)
    .where(and(eq(payments.owner, owner), condition))
    .orderBy(desc(payments.date), desc(payments.upload_id), desc(payments.row_no))
    .limit(limit);
}

const day = fc.constantFrom('2023-11-01', '2023-12-05', '2024-02-09', '2024-03-02', '2024-03-28', '2025-01-28');
const requests = fc.record({
  days: fc.record({ from: day, to: day }, { requiredKeys: [] }),
  wanted: fc.integer({ min: 1, max: 50 }),
  rowsAtFirst: fc.integer({ min: 1, max: 60 }),
});

it('returns the newest payments in order and without duplicates, for any rowsAtFirst', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async ({ days, wanted, rowsAtFirst }) => {
      let reads = 0;
      const found = await newestPayments(
        reporter,
        owner,
        days,
        wanted,
        (reader, condition) => {
          reads += 1;
          return read(reader, condition, wanted);
        },
        rowsAtFirst,
      );
      const all = await read(
        reporter,
        and(
          days.from === undefined ? undefined : gte(payments.date, days.from),
          days.to === undefined ? undefined : lte(payments.date, days.to),
        ),
      );
      expect(found.slice(0, wanted)).toEqual(all.slice(0, wanted));
      expect(reads).toBeLessThan(6);
    }),
    { numRuns: 150 },
  );
});

it('reads no uploads that do not cover the days', async () => {
  const conditions: string[] = [];
  await newestPayments(
    reporter,
    owner,
    {},
    2,
    (reader, condition) => {
      conditions.push(JSON.stringify(read(reader, condition).toSQL()));
      return read(reader, condition);
    },
    3,
  );
  expect(conditions).toHaveLength(1);
  expect(conditions[0]).toContain('2025-01-');
});
