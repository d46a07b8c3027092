/** Tests each view with a few rows. The expected answers were calculated by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgets } from '../feeds/budgets.ts';
import { expenses } from '../feeds/expenses.ts';
import { incomes } from '../feeds/incomes.ts';
import { rowsOf } from '../session.ts';
import { addUpSummaries, enterUpload, type TestRow } from '../testing/books.ts';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';

const salary: TestRow<typeof incomes> = {
  date: '2025-03-01',
  source: 'Works',
  category: 'Salary',
  account: 'Checking',
  amount: '3000.0000',
  currency: 'EUR',
  description: '',
};
const coffee: TestRow<typeof expenses> = {
  date: '2025-03-02',
  merchant: 'Café',
  category: 'Eating out',
  account: 'Checking',
  amount: '2.5000',
  currency: 'EUR',
  description: '',
  country: 'AT',
  city: 'Wien',
};
const rent = { ...coffee, merchant: 'Landlord', category: 'Rent', amount: '1000.0000', country: null, city: null };

describe.each(['rows', 'summaries'] as const)('the views, reading %s', (from) => {
  let database: TestDatabase;
  let incomeUpload: number;
  let expenseUpload: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    incomeUpload = await enterUpload(database, incomes, 'incomes', {}, [
      salary,
      { ...salary, source: 'Bank', category: 'Interest', account: 'Savings', amount: '0.3300', transactionId: 'i-1' },
      { ...salary, date: '2025-05-01', amount: '1.0000', currency: 'USD' },
    ]);
    expenseUpload = await enterUpload(database, expenses, 'expenses', {}, [
      coffee,
      coffee,
      rent,
      { ...coffee, date: '2025-03-20', merchant: 'CAFÉ', amount: '-2.5000', description: 'Refund' },
      { ...coffee, date: '2025-04-01', category: 'eating out', amount: '7.0000', currency: 'USD', country: 'US' },
    ]);
    await enterUpload(database, budgets, 'budgets', {}, [
      { month: '2025-03', category: 'Rent', amount: '950.0000', currency: 'EUR' },
      { month: '2025-03', category: 'Eating out', amount: '50.0000', currency: 'EUR' },
      { month: '2025-03', category: 'Gifts', amount: '20.0000', currency: 'EUR' },
      { month: '2025-03', category: 'Rent', amount: '1.0000', currency: 'USD' },
    ]);
    // Rows of another owner, and hidden rows.
    await enterUpload(database, expenses, 'expenses', { owner: 'Ann' }, [{ ...coffee, amount: '9.0000' }]);
    await enterUpload(database, expenses, 'expenses', {}, [{ ...coffee, amount: '70.0000', shadowed: true }]);
    await enterUpload(database, budgets, 'budgets', {}, [
      { month: '2025-03', category: 'Gifts', amount: '70.0000', currency: 'EUR', shadowed: true },
    ]);
    await enterUpload(database, incomes, 'incomes', {}, [{ ...salary, amount: '70.0000', shadowed: true }]);
    for (const state of ['loading', 'superseded', 'retired', 'rejected', 'failed'] as const) {
      await enterUpload(database, incomes, 'incomes', { state }, [{ ...salary, amount: '70.0000' }]);
      await enterUpload(database, expenses, 'expenses', { state }, [{ ...coffee, amount: '70.0000' }]);
      await enterUpload(database, budgets, 'budgets', { state }, [
        { month: '2025-03', category: 'Rent', amount: '70.0000', currency: 'EUR' },
      ]);
    }
    if (from === 'summaries') await addUpSummaries(database);
  });
  afterAll(() => database?.drop());

  /** Returns the rows of the owner `ann`, but not of `Ann`. Each row is a list of values. */
  const read = async (columns: string, view: string, orderBy: string) => {
    const sql = `SELECT ${columns} FROM ${view} WHERE owner = 'ann' ORDER BY ${orderBy}`;
    return (await rowsOf<Record<string, unknown>>(database.administrator, sql)).map((row) => Object.values(row));
  };

  it('v_transactions lists every payment with its upload and row', async () => {
    expect(await read('*', 'v_transactions', 'kind DESC, upload_id, row_no')).toEqual([
      [
        'ann',
        'income',
        '2025-03-01',
        'Works',
        'Salary',
        'Checking',
        '3000.0000',
        'EUR',
        '',
        null,
        null,
        null,
        incomeUpload,
        2,
      ],
      [
        'ann',
        'income',
        '2025-03-01',
        'Bank',
        'Interest',
        'Savings',
        '0.3300',
        'EUR',
        '',
        null,
        null,
        'i-1',
        incomeUpload,
        3,
      ],
      [
        'ann',
        'income',
        '2025-05-01',
        'Works',
        'Salary',
        'Checking',
        '1.0000',
        'USD',
        '',
        null,
        null,
        null,
        incomeUpload,
        4,
      ],
      [
        'ann',
        'expense',
        '2025-03-02',
        'Café',
        'Eating out',
        'Checking',
        '2.5000',
        'EUR',
        '',
        'AT',
        'Wien',
        null,
        expenseUpload,
        2,
      ],
      [
        'ann',
        'expense',
        '2025-03-02',
        'Café',
        'Eating out',
        'Checking',
        '2.5000',
        'EUR',
        '',
        'AT',
        'Wien',
        null,
        expenseUpload,
        3,
      ],
      [
        'ann',
        'expense',
        '2025-03-02',
        'Landlord',
        'Rent',
        'Checking',
        '1000.0000',
        'EUR',
        '',
        null,
        null,
        null,
        expenseUpload,
        4,
      ],
      [
        'ann',
        'expense',
        '2025-03-20',
        'CAFÉ',
        'Eating out',
        'Checking',
        '-2.5000',
        'EUR',
        'Refund',
        'AT',
        'Wien',
        null,
        expenseUpload,
        5,
      ],
      [
        'ann',
        'expense',
        '2025-04-01',
        'Café',
        'eating out',
        'Checking',
        '7.0000',
        'USD',
        '',
        'US',
        'Wien',
        null,
        expenseUpload,
        6,
      ],
    ]);
  });

  it('v_monthly_cash_flow shows the income, the expenses minus refunds, and what remains of each month', async () => {
    expect(await read('month, currency, income, expense, net, savings_rate', 'v_monthly_cash_flow', 'month')).toEqual([
      // (3000.33 - 1002.50) / 3000.33 = 0.665870…
      ['2025-03', 'EUR', '3000.3300', '1002.5000', '1997.8300', '0.6659'],
      // The savings rate is NULL without income.
      ['2025-04', 'USD', '0.0000', '7.0000', '-7.0000', null],
      ['2025-05', 'USD', '1.0000', '0.0000', '1.0000', '1.0000'],
    ]);
  });

  it('v_spend_by_category_month distinguishes categories by letter case', async () => {
    expect(
      await read('month, currency, category, amount, transactions', 'v_spend_by_category_month', 'month, category'),
    ).toEqual([
      ['2025-03', 'EUR', 'Eating out', '2.5000', 3],
      ['2025-03', 'EUR', 'Rent', '1000.0000', 1],
      ['2025-04', 'USD', 'eating out', '7.0000', 1],
    ]);
  });

  it('v_spend_by_merchant_month lists a merchant separately for each category', async () => {
    expect(
      await read(
        'month, currency, category, merchant, amount, transactions',
        'v_spend_by_merchant_month',
        'month, category, merchant',
      ),
    ).toEqual([
      ['2025-03', 'EUR', 'Eating out', 'Café', '5.0000', 2],
      ['2025-03', 'EUR', 'Eating out', 'CAFÉ', '-2.5000', 1],
      ['2025-03', 'EUR', 'Rent', 'Landlord', '1000.0000', 1],
      ['2025-04', 'USD', 'eating out', 'Café', '7.0000', 1],
    ]);
  });

  it('v_income_by_source_month shows the income from each source', async () => {
    expect(
      await read('month, currency, source, amount, transactions', 'v_income_by_source_month', 'month, source'),
    ).toEqual([
      ['2025-03', 'EUR', 'Bank', '0.3300', 1],
      ['2025-03', 'EUR', 'Works', '3000.0000', 1],
      ['2025-05', 'USD', 'Works', '1.0000', 1],
    ]);
  });

  it('v_budget_vs_actual also lists categories with only a budget or only expenses', async () => {
    expect(
      await read(
        'month, currency, category, budget, actual, remaining',
        'v_budget_vs_actual',
        'month, currency, category',
      ),
    ).toEqual([
      ['2025-03', 'EUR', 'Eating out', '50.0000', '2.5000', '47.5000'],
      ['2025-03', 'EUR', 'Gifts', '20.0000', '0.0000', '20.0000'],
      ['2025-03', 'EUR', 'Rent', '950.0000', '1000.0000', '-50.0000'],
      ['2025-03', 'USD', 'Rent', '1.0000', '0.0000', '1.0000'],
      ['2025-04', 'USD', 'eating out', '0.0000', '7.0000', '-7.0000'],
    ]);
  });

  it('v_account_balance shows the running balance of each account and currency, day by day', async () => {
    expect(
      await read('account, currency, date, movement, balance', 'v_account_balance', 'account, currency, date'),
    ).toEqual([
      ['Checking', 'EUR', '2025-03-01', '3000.0000', '3000.0000'],
      ['Checking', 'EUR', '2025-03-02', '-1005.0000', '1995.0000'],
      ['Checking', 'EUR', '2025-03-20', '2.5000', '1997.5000'],
      ['Checking', 'USD', '2025-04-01', '-7.0000', '-7.0000'],
      ['Checking', 'USD', '2025-05-01', '1.0000', '-6.0000'],
      ['Savings', 'EUR', '2025-03-01', '0.3300', '0.3300'],
    ]);
  });

  it('v_spend_by_place includes payments without a known place', async () => {
    expect(
      await read('month, currency, country, city, amount, transactions', 'v_spend_by_place', 'month, country'),
    ).toEqual([
      ['2025-03', 'EUR', null, null, '1000.0000', 1],
      ['2025-03', 'EUR', 'AT', 'Wien', '2.5000', 3],
      ['2025-04', 'USD', 'US', 'Wien', '7.0000', 1],
    ]);
  });

  it('v_upload_accounting lists uploads in every state, with the time until their rows were visible', async () => {
    const states = await read('state', 'v_upload_accounting', 'upload_id');
    expect(new Set(states.flat())).toEqual(
      new Set(['loading', 'published', 'superseded', 'retired', 'rejected', 'failed']),
    );
    await database.administrator.query(
      "UPDATE uploads SET published_at = '2025-01-01 00:01:02.345678', rows_read = 3, rows_published = 3 WHERE upload_id = ?",
      [incomeUpload],
    );
    const seen =
      'upload_id, feed, rows_read, rows_published, rows_quarantined, received_at, published_at, seconds_to_visible';
    const all = await read(seen, 'v_upload_accounting', 'upload_id');
    expect(all[0]).toEqual([
      incomeUpload,
      'incomes',
      3,
      3,
      0,
      '2025-01-01 00:00:00.000000',
      '2025-01-01 00:01:02.345678',
      '62.345678',
    ]);
    expect(all[1]?.slice(-2)).toEqual([null, null]);
  });
});
