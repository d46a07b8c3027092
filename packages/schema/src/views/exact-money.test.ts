/** Compares the views with integer arithmetic on random rows. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expenses } from '../feeds/expenses.ts';
import { incomes } from '../feeds/incomes.ts';
import { summaries } from '../generated/summaries.ts';
import { rowsOf } from '../session.ts';
import { addUpSummaries, enterUpload } from '../testing/books.ts';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';

/** Writes ten-thousandths in the form in which MySQL writes a decimal. */
const decimal = (units: bigint) => {
  const digits = String(units < 0n ? -units : units).padStart(5, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
};

/** Returns `part / whole` in ten-thousandths, rounded half away from zero. The whole must be positive. */
const ratio = (part: bigint, whole: bigint) => {
  const size = ((part < 0n ? -part : part) * 20_000n + whole) / (2n * whole);
  return part < 0n ? -size : size;
};

const sum = (units: readonly bigint[]) => units.reduce((total, unit) => total + unit, 0n);

const most = 10n ** 19n - 1n;
const amount = fc.oneof(fc.bigInt({ min: -99_999n, max: 99_999n }), fc.bigInt({ min: -most, max: most }));
const dates = ['2024-02-28', '2024-02-29', '2024-03-01', '2024-12-31'] as const;
const payment = fc.record({ amount, date: fc.constantFrom(...dates), account: fc.constantFrom('a', 'A', 'á') });
const payments = fc.array(payment, { maxLength: 8 });

describe('v_monthly_cash_flow and v_account_balance', () => {
  let database: TestDatabase;
  let owners = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  it('the views agree with integer arithmetic to the last decimal', async () => {
    await fc.assert(
      fc.asyncProperty(payments, payments, fc.boolean(), async (earned, spent, fromSummaries) => {
        owners += 1;
        const owner = `owner-${owners}`;
        const shared = { category: 'c', currency: 'EUR', description: '' };
        const incomeRows = earned.map((row) => ({ ...row, ...shared, amount: decimal(row.amount), source: 's' }));
        const expenseRows = spent.map((row) => ({ ...row, ...shared, amount: decimal(row.amount), merchant: 'm' }));
        await enterUpload(database, incomes, 'incomes', { owner }, incomeRows);
        await enterUpload(database, expenses, 'expenses', { owner }, expenseRows);

        if (fromSummaries) {
          await database.administrator.query('DELETE FROM upload_summaries');
          for (const { name } of summaries) await database.administrator.query(`DELETE FROM ${name}`);
          await addUpSummaries(database);
        }

        const months = [...new Set([...earned, ...spent].map(({ date }) => date.slice(0, 7)))].sort();
        const flows = months.map((month) => {
          const inMonth = ({ date }: { date: string }) => date.startsWith(month);
          const income = sum(earned.filter(inMonth).map((row) => row.amount));
          const expense = sum(spent.filter(inMonth).map((row) => row.amount));
          const rate = income > 0n ? decimal(ratio(income - expense, income)) : null;
          return {
            month,
            income: decimal(income),
            expense: decimal(expense),
            net: decimal(income - expense),
            savings_rate: rate,
          };
        });
        expect(
          await rowsOf(
            database.administrator,
            'SELECT month, income, expense, net, savings_rate FROM v_monthly_cash_flow WHERE owner = ? ORDER BY month',
            [owner],
          ),
        ).toEqual(flows);

        const moved = [...earned, ...spent.map((row) => ({ ...row, amount: -row.amount }))];
        const balances = ['a', 'A', 'á'].flatMap((account) =>
          dates
            .filter((date) => moved.some((row) => row.account === account && row.date === date))
            .map((date) => {
              const ofAccount = moved.filter((row) => row.account === account);
              const today = sum(ofAccount.filter((row) => row.date === date).map((row) => row.amount));
              const until = sum(ofAccount.filter((row) => row.date <= date).map((row) => row.amount));
              return { account, date, movement: decimal(today), balance: decimal(until) };
            }),
        );
        expect(
          await rowsOf(
            database.administrator,
            'SELECT account, date, movement, balance FROM v_account_balance WHERE owner = ? ORDER BY account, date',
            [owner],
          ),
        ).toEqual(balances);
      }),
      { numRuns: 60 },
    );
  });
});
