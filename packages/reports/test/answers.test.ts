/** Checks the answers of visuals over a few rows. The expected figures were calculated by hand. */
import { quarantinedRows, uploads } from '@centflow/schema/bookkeeping';
import { budgets, expenses, incomes } from '@centflow/schema/feeds';
import { createTestDatabase, type TestDatabase } from '@centflow/schema/testing';
import { enterUpload } from '@centflow/schema/testing/books';
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findVisual } from '../src/dashboards/index.ts';
import type { Filters } from '../src/model.ts';
import { choices, FilterError, runVisual, visualQuery } from '../src/query/index.ts';

const money = { category: 'Salary', account: 'Checking', currency: 'EUR', description: '' };
const salary = { ...money, date: '2025-03-01', source: 'Works', amount: '3000.0000' };
const coffee = {
  ...money,
  date: '2025-03-02',
  merchant: 'Café',
  category: 'Eating out',
  amount: '2.5000',
  country: 'AT',
  city: 'Wien',
};
const rent = { ...coffee, merchant: 'Landlord', category: 'Rent', amount: '1000.0000', country: null, city: null };

let database: TestDatabase;
let reporter: MySql2Database;
let coffees: number;

beforeAll(async () => {
  database = await createTestDatabase();
  reporter = drizzle(await database.connectAs('reporter'));
  await enterUpload(database, incomes, 'incomes', {}, [
    salary,
    { ...salary, date: '2025-04-01', amount: '2000.0000' },
    { ...salary, date: '2025-04-02', source: 'Bank', account: 'Savings', amount: '0.3300' },
    { ...salary, date: '2025-05-01', amount: '1.0000', currency: 'USD' },
  ]);
  coffees = await enterUpload(database, expenses, 'expenses', {}, [
    coffee,
    coffee,
    rent,
    { ...coffee, date: '2025-03-31', amount: '-2.5000', description: 'Refund' },
    { ...rent, date: '2025-04-30' },
    { ...coffee, date: '2025-04-30', amount: '7.0000', currency: 'USD', country: 'US', city: 'Boston' },
  ]);
  await enterUpload(database, budgets, 'budgets', {}, [
    { month: '2025-03', category: 'Rent', amount: '950.0000', currency: 'EUR' },
    { month: '2025-03', category: 'Gifts', amount: '50.0000', currency: 'EUR' },
    { month: '2025-06', category: 'Gifts', amount: '50.0000', currency: 'CHF' },
  ]);
  // Another owner, whose name differs only by a capital letter.
  await enterUpload(database, incomes, 'incomes', { owner: 'Ann' }, [{ ...salary, amount: '77.0000' }]);
  await enterUpload(database, expenses, 'expenses', { owner: 'Ann' }, [{ ...coffee, amount: '77.0000' }]);
});
afterAll(() => database?.drop());

async function answerOf(id: string, filters: Filters = {}, owner = 'ann') {
  const visual = findVisual(id);
  if (visual === undefined) throw new Error(`There is no visual ${id}.`);
  return await runVisual(reporter, visual, owner, filters);
}
const rowsFor = async (id: string, filters?: Filters, owner?: string) => (await answerOf(id, filters, owner)).rows;

describe('the cash flow dashboard', () => {
  it('shows income and expenses of each month', async () => {
    expect(await answerOf('cash-flow-by-month', { currency: 'EUR' })).toEqual({
      columns: [
        { name: 'month', title: 'Month', format: 'month', role: 'dimension' },
        { name: 'income', title: 'Income', format: 'money', role: 'value' },
        { name: 'expense', title: 'Expenses', format: 'money', role: 'value' },
      ],
      rows: [
        ['2025-03', '3000.0000', '1002.5000'],
        ['2025-04', '2000.3300', '1000.0000'],
      ],
      currency: 'EUR',
      truncated: false,
    });
  });

  it('shows the savings rate, and null for months without income', async () => {
    // 1997.50 of 3000.00 is 66.58 %, and 1000.33 of 2000.33 is 50.01 %.
    expect(await rowsFor('savings-rate-by-month', { currency: 'EUR' })).toEqual([
      ['2025-03', '0.6658'],
      ['2025-04', '0.5001'],
    ]);
    expect(await rowsFor('savings-rate-by-month', { currency: 'USD' })).toEqual([
      ['2025-04', null],
      ['2025-05', '1.0000'],
    ]);
  });
});

describe('the currency of an answer', () => {
  it('is the owner’s most used currency if the request names no currency', async () => {
    const { currency, rows } = await answerOf('spending-by-category');
    expect(currency).toBe('EUR');
    expect(rows).toEqual([
      ['Rent', '2000.0000'],
      ['Eating out', '2.5000'],
    ]);
  });

  it('is the currency of all amounts in the answer', async () => {
    expect(await rowsFor('spending-by-category', { currency: 'USD' })).toEqual([['Eating out', '7.0000']]);
    expect(await answerOf('spending-by-category', { currency: 'JPY' })).toMatchObject({ rows: [], currency: 'JPY' });
  });
});

describe('the spending dashboards', () => {
  it('drill down to merchants and payments, with refunds subtracted', async () => {
    const narrowed = { drill: { category: 'Eating out' } };
    expect(await rowsFor('spending-by-merchant', narrowed)).toEqual([['Café', '2.5000']]);
    const payments = { currency: 'EUR', drill: { counterparty: 'Café', category: 'Eating out' } };
    expect(await rowsFor('expense-payments', payments)).toEqual([
      ['2025-03-31', 'Café', 'Eating out', 'Checking', 'Refund', 'Wien', 'AT', coffees, 5, '-2.5000'],
      ['2025-03-02', 'Café', 'Eating out', 'Checking', '', 'Wien', 'AT', coffees, 3, '2.5000'],
      ['2025-03-02', 'Café', 'Eating out', 'Checking', '', 'Wien', 'AT', coffees, 2, '2.5000'],
    ]);
  });

  it('count two identical coffees twice, on their day', async () => {
    expect(await rowsFor('spending-calendar', { category: 'Eating out' })).toEqual([
      ['2025-03-02', '5.0000'],
      ['2025-03-31', '-2.5000'],
    ]);
  });

  it('show payments without a known place, and drill into them', async () => {
    expect(await rowsFor('spending-by-country')).toEqual([
      [null, '2000.0000'],
      ['AT', '2.5000'],
    ]);
    expect(await rowsFor('spending-by-city', { drill: { country: null } })).toEqual([[null, '2000.0000']]);
    expect(await rowsFor('spending-by-city', { drill: { country: 'AT' } })).toEqual([['Wien', '2.5000']]);
  });

  it('include the first and the last month of a period', async () => {
    const figures = async (from: string, to: string) => await rowsFor('spending-figure', { currency: 'EUR', from, to });
    expect(await figures('2025-03', '2025-03')).toEqual([['2025-03', '1002.5000']]);
    expect(await figures('2025-04', '2025-12')).toEqual([['2025-04', '1000.0000']]);
    expect(await figures('2025-05', '2025-12')).toEqual([]);
    const days = await rowsFor('spending-calendar', { currency: 'EUR', from: '2025-03', to: '2025-03' });
    expect(days.map(([day]) => day)).toEqual(['2025-03-02', '2025-03-31']);
    expect(await rowsFor('spending-calendar', { from: '2024-01', to: '2024-12' })).toEqual([]);
  });

  it('accept a period up to the last month that MySQL knows', async () => {
    const endless = { from: '2025-04', to: '9999-12' };
    expect(await rowsFor('spending-calendar', { ...endless, currency: 'USD' })).toEqual([['2025-04-30', '7.0000']]);
    expect(await rowsFor('expense-payments', { ...endless, currency: 'USD' })).toHaveLength(1);
    expect(await rowsFor('spending-figure', { ...endless, currency: 'USD' })).toEqual([['2025-04', '7.0000']]);
  });
});

describe('a balance visual', () => {
  it('shows the balance of the last day, not a sum over days', async () => {
    // 3000 - 1005 + 2.50 + 2000 - 1000, and 0.33
    expect(await rowsFor('balance-by-account')).toEqual([
      ['Checking', '2997.5000'],
      ['Savings', '0.3300'],
    ]);
    expect(await rowsFor('balance-by-month')).toEqual([
      ['2025-03', 'Checking', '1997.5000'],
      ['2025-04', 'Checking', '2997.5000'],
      ['2025-04', 'Savings', '0.3300'],
    ]);
  });

  it('adds up the last balance of each account, including accounts without later movements', async () => {
    expect(await rowsFor('balance-figure')).toEqual([['2997.8300']]);
    expect(await rowsFor('balance-figure', { to: '2025-03' })).toEqual([['1997.5000']]);
    expect(await rowsFor('balance-figure', { account: 'Savings' })).toEqual([['0.3300']]);
    expect(await rowsFor('balance-figure', { to: '2025-02' })).toEqual([]);
  });

  it('shows the monthly movement, which is income minus expenses', async () => {
    expect(await rowsFor('movement-by-month')).toEqual([
      ['2025-03', '1997.5000'],
      ['2025-04', '1000.3300'],
    ]);
  });
});

describe('a budget visual', () => {
  it('shows budget and spending of each category, the largest first', async () => {
    expect(await rowsFor('budget-by-category', { from: '2025-03', to: '2025-03' })).toEqual([
      ['Rent', '950.0000', '1000.0000'],
      ['Gifts', '50.0000', '0.0000'],
      ['Eating out', '0.0000', '2.5000'],
    ]);
    // 1002.50 of 1000
    expect(await rowsFor('budget-used-figure', { to: '2025-03' })).toEqual([['2025-03', '1.0025']]);
  });

  it('shows amounts in a currency that only a budget uses', async () => {
    expect(await rowsFor('budget-figure', { currency: 'CHF' })).toEqual([['2025-06', '50.0000']]);
  });
});

describe('the data quality dashboard', () => {
  beforeAll(async () => {
    const upload = { owner: 'ann', versionId: 'v', updatedAt: '2025-07-01 00:00:00' };
    const [{ insertId }] = await database.tables.insert(uploads).values([
      {
        ...upload,
        feed: 'expenses',
        objectKey: 'raw/expenses/owner=ann/a.csv',
        state: 'published',
        receivedAt: '2025-07-01 10:00:00.000001',
        rowsRead: 10,
        rowsPublished: 6,
        rowsDuplicate: 1,
        rowsQuarantined: 3,
      },
    ]);
    await database.tables.insert(uploads).values({
      ...upload,
      objectKey: 'raw/nothing/owner=ann/b.csv',
      state: 'rejected',
      reason: 'There is no feed nothing.',
      receivedAt: '2025-08-01 00:00:00.000000',
    });
    const quarantined = { uploadId: insertId, columnName: 'amount', message: 'm', rawText: 'r' };
    await database.tables.insert(quarantinedRows).values([
      { ...quarantined, rowNo: 3, code: 'bad_date' },
      { ...quarantined, rowNo: 5, code: 'bad_number' },
      { ...quarantined, rowNo: 6, code: 'bad_number' },
    ] as (typeof quarantinedRows.$inferInsert)[]);
  });

  it('accounts for every row', async () => {
    const july = { from: '2025-07', to: '2025-07' };
    expect(await answerOf('rows-read-figure', july)).toMatchObject({ rows: [[10]], currency: null });
    expect(await rowsFor('quarantined-share-figure', july)).toEqual([['0.3000']]);
    expect(await rowsFor('rows-by-feed', july)).toEqual([['expenses', 6, 1, 3]]);
  });

  it('counts uploads by state', async () => {
    expect(await rowsFor('uploads-by-state', { from: '2025-07' })).toEqual([
      ['published', 1],
      ['rejected', 1],
    ]);
    expect(await rowsFor('upload-list', { from: '2025-08' })).toEqual([
      [
        '2025-08-01 00:00:00.000000',
        'raw/nothing/owner=ann/b.csv',
        'rejected',
        'There is no feed nothing.',
        0,
        0,
        0,
        0,
      ],
    ]);
  });

  it('counts quarantined rows by reason, the most frequent first', async () => {
    expect(await rowsFor('quarantine-by-reason')).toEqual([
      ['bad_number', 2],
      ['bad_date', 1],
    ]);
    expect(await rowsFor('quarantine-by-month', { from: '2025-07' })).toEqual([
      ['2025-07', 'bad_date', 1],
      ['2025-07', 'bad_number', 2],
    ]);
  });
});

describe('runVisual', () => {
  it('returns no rows for an owner without rows', async () => {
    for (const id of ['cash-flow-by-month', 'balance-figure', 'rows-read-figure', 'spending-pivot', 'upload-list']) {
      expect(await rowsFor(id, {}, 'nobody'), id).toEqual([]);
    }
    expect((await answerOf('income-figure', {}, 'nobody')).currency).toBeNull();
    expect(await choices(reporter, 'nobody')).toEqual({
      currencies: [],
      categories: [],
      accounts: [],
      firstMonth: null,
      lastMonth: null,
    });
  });

  it('never runs a filter value as SQL', async () => {
    for (const value of ["' or 1=1 -- ", '\\', "\\' or 1=1 -- ", '%', '`owner`', '\u0000', '?', ':a']) {
      expect(await rowsFor('spending-by-category', { currency: value }), value).toEqual([]);
      expect(await rowsFor('spending-by-category', { category: value }), value).toEqual([]);
      expect(await rowsFor('spending-by-merchant', { drill: { category: value } }), value).toEqual([]);
      expect(await rowsFor('spending-by-category', {}, value), value).toEqual([]);
    }
  });

  it('puts the owner first in the predicate, and passes every value as a parameter', () => {
    const visual = findVisual('expense-payments');
    if (visual === undefined) throw new Error('no payments');
    const { sql, params } = visualQuery(visual, "o'wner", {
      currency: 'E?R',
      from: '2025-12',
      to: '2025-12',
      drill: { city: "W'ien" },
    }).query.toSQL();
    expect(sql).toMatch(/where \(`owner` = \? and/);
    expect(sql).not.toMatch(/ien|E\?R|wner'/);
    expect(params).toEqual(["o'wner", 'expense', 'E?R', '2025-12-01', '2025-12-31', "W'ien", 501]);
  });

  it('reports that the answer is truncated if the limit of the visual omits rows', async () => {
    const visual = findVisual('spending-by-category');
    if (visual?.kind !== 'bar') throw new Error('no bars');
    expect(await runVisual(reporter, { ...visual, top: 1 } as typeof visual, 'ann', {})).toMatchObject({
      rows: [['Rent', '2000.0000']],
      truncated: true,
    });
    expect(await runVisual(reporter, { ...visual, top: 2 } as typeof visual, 'ann', {})).toMatchObject({
      truncated: false,
    });
  });

  it.each([
    ['cash-flow-by-month', { from: '2025-13' }, '"2025-13" is not a month. Write it as YYYY-MM, such as 2025-03.'],
    ['cash-flow-by-month', { to: '2025-3' }, '"2025-3" is not a month'],
    ['spending-by-merchant', { drill: { owner: 'bob' } }, 'cannot be narrowed by owner, only by category.'],
    ['cash-flow-by-month', { drill: { month: '2025-03' } }, 'cannot be narrowed by month, only by no column.'],
  ])('rejects the filters of %s that are not valid: %j', async (id, filters, message) => {
    await expect(answerOf(id, filters as Filters)).rejects.toThrow(FilterError);
    await expect(answerOf(id, filters as Filters)).rejects.toThrow(message);
  });
});

describe('the values that the filters offer', () => {
  it('include the owner’s currencies (most used first), categories, accounts and months', async () => {
    expect(await choices(reporter, 'ann')).toEqual({
      currencies: ['EUR', 'USD', 'CHF'],
      categories: ['Eating out', 'Gifts', 'Rent'],
      accounts: ['Checking', 'Savings'],
      firstMonth: '2025-03',
      lastMonth: '2025-06',
    });
  });
});
