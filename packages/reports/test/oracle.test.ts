/** Compares the answers of random visuals, owners and filters with calculations over the single payments. */
import { budgets, expenses, incomes } from '@centflow/schema/feeds';
import { createTestDatabase, type TestDatabase } from '@centflow/schema/testing';
import { enterUpload } from '@centflow/schema/testing/books';
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import fc from 'fast-check';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visuals } from '../src/dashboards/index.ts';
import type { Filters, Visual } from '../src/model.ts';
import { runVisual } from '../src/query/index.ts';
import { type Books, expected, isKnown, mostUsedCurrency, type Payment } from './oracle.ts';

// Owners whose names differ only by case or an accent: mixing them up would show another owner's money.
const owners = ['ann', 'Ann', 'änn', 'bob'];
const currencies = ['EUR', 'USD', 'JPY'];
const categories = ['Food', 'food', 'Café', 'Cafe', "O'Neill", '100 %', ''];
const accounts = ['Checking', 'Savings'];
const places = [
  ['AT', 'Wien'],
  ['US', 'Boston'],
  [null, 'Wien'],
  ['AT', null],
  [null, null],
] as const;
const months = ['2024-12', '2025-01', '2025-02', '2025-03'];

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);
const money = {
  category: pick(categories),
  account: pick(accounts),
  currency: pick(currencies),
  description: fc.constant(''),
  amount: fc.integer({ min: -2_000_000, max: 9_000_000 }).map((units) => (units / 10_000).toFixed(4)),
  date: fc
    .tuple(pick(months), fc.integer({ min: 1, max: 28 }))
    .map(([month, day]) => `${month}-${`${day}`.padStart(2, '0')}`),
};
const income = fc.record({ ...money, source: pick(['Works', 'Bank']) });
const expense = fc
  .tuple(fc.record({ ...money, merchant: pick(['Bakery', 'bakery', 'Café', 'Shop']) }), pick(places))
  .map(([row, [country, city]]) => ({ ...row, country, city }));
const budget = fc.record({
  month: pick(months),
  category: pick(categories),
  amount: money.amount,
  currency: money.currency,
});

let database: TestDatabase;
let reporter: MySql2Database;
let books: Books;

beforeAll(async () => {
  database = await createTestDatabase();
  reporter = drizzle(await database.connectAs('reporter'));
  for (const owner of owners) {
    const seed = owner.length * 7 + (owner.codePointAt(0) ?? 0);
    const some = <T>(of: fc.Arbitrary<T>, count: number) => fc.sample(of, { seed, numRuns: count });
    await enterUpload(database, incomes, 'incomes', { owner }, some(income, 60));
    await enterUpload(database, expenses, 'expenses', { owner }, some(expense, 120));
    await enterUpload(database, expenses, 'expenses', { owner, state: 'superseded' }, some(expense, 20));
    await enterUpload(database, budgets, 'budgets', { owner }, some(budget, 20));
  }
  const [payments] = await database.administrator.query<RowDataPacket[]>('SELECT * FROM v_transactions');
  const [budgeted] = await database.administrator.query<RowDataPacket[]>(
    "SELECT owner, month, category, amount, currency FROM budgets JOIN uploads USING (upload_id) WHERE state = 'published'",
  );
  books = { payments: payments as Payment[], budgets: budgeted as unknown as Books['budgets'] };
});
afterAll(() => database?.drop());

const known = visuals.filter(isKnown);
const requests = fc
  .record({
    visual: fc.constantFrom(...known),
    owner: fc.constantFrom(...owners, 'nobody', 'ANN'),
    chosen: fc.record(
      {
        currency: pick([...currencies, 'CHF', 'eur']),
        from: pick(months),
        to: pick(months),
        category: pick([...categories, 'FOOD']),
        account: pick([...accounts, 'checking']),
      },
      { requiredKeys: [] },
    ),
    drill: pick<Readonly<Record<string, string | null>>>([
      {},
      { category: 'Café' },
      { counterparty: 'bakery' },
      { country: null },
      { country: 'AT', city: 'Wien' },
      { date: '2025-01-05' },
    ]),
  })
  .map(({ drill, chosen, ...rest }) => {
    const offered: readonly string[] = rest.visual.narrowedBy ?? [];
    const allowed = Object.keys(drill).every((column) => offered.includes(column));
    return { ...rest, filters: { ...chosen, ...(allowed ? { drill } : {}) } as Filters };
  });

const inNoOrder = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();
const kinds = (some: readonly Visual[]) => new Set(some.map(({ kind }) => kind));

it('every kind of visual returns the figures that are calculated from the single payments', async () => {
  expect([...kinds(visuals)].filter((kind) => !kinds(known).has(kind))).toEqual([]);
  let found = 0;
  await fc.assert(
    fc.asyncProperty(requests, async ({ visual, owner, filters }) => {
      const answer = await runVisual(reporter, visual, owner, filters);
      expect(answer.truncated).toBe(false);
      expect(inNoOrder(answer.rows)).toEqual(inNoOrder(expected(books, visual, owner, filters)));
      if (filters.currency === undefined) expect(answer.currency).toBe(mostUsedCurrency(books, owner));
      found += answer.rows.length;
    }),
    { numRuns: 600 },
  );
  expect(found).toBeGreaterThan(0);
});
