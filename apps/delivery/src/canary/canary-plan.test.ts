import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDecimal } from '@centflow/preview/decimal';
import { feeds } from '@centflow/schema/feeds';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CanaryPlan, planCanary, readCanaryPlan, renderCanaryPlan } from './canary-plan.ts';

/** A few rows whose sums are easy to calculate by hand. */
const few = {
  incomes: {
    ...feeds.incomes,
    samples: [
      { date: '2025-03-01', source: 'Work', amount: '100.00', currency: 'EUR' },
      { date: '2025-04-30', source: 'Bank', amount: '0.5', currency: 'EUR' },
    ],
  },
  expenses: {
    ...feeds.expenses,
    samples: [
      { date: '2025-03-02', merchant: 'Shop', amount: '30.25', currency: 'EUR', description: 'two, "quoted"' },
      { date: '2025-03-03', merchant: 'Shop', amount: '-0.25', currency: 'EUR' },
      { date: '2025-03-04', merchant: 'Shop', amount: '7', currency: 'JPY' },
      { date: '2025-05-04', merchant: 'Shop', amount: '1.00', currency: 'EUR' },
    ],
  },
  budgets: {
    ...feeds.budgets,
    samples: [{ month: '2025-03', category: 'Food', amount: '20', currency: 'JPY' }],
  },
};

const of = ({ feeds: planned }: CanaryPlan, name: string) => planned.find(({ feed }) => feed === name);

describe('the plan of the canary', () => {
  const plan = planCanary(few);

  it('contains a file for every feed, made from the samples of the feed', () => {
    expect(planCanary().feeds.map(({ feed }) => feed)).toEqual(Object.keys(feeds).sort());
  });

  it('repeats the samples of a feed with fewer than three, and sums all rows, including repeated ones', () => {
    expect(of(plan, 'incomes')?.first).toEqual({
      csv:
        'date,source,category,account,amount,currency,description,transaction_id\n' +
        '2025-03-01,Work,,,100.00,EUR,,\n2025-04-30,Bank,,,0.5,EUR,,\n2025-03-01,Work,,,100.00,EUR,,\n',
      rows: 3,
      amount: '200.5000',
    });
    expect(of(plan, 'budgets')?.first).toMatchObject({ rows: 3, amount: '60.0000' });
  });

  it('increases the first amount by 1 in the correction, and keeps its number of decimal places', () => {
    expect(of(plan, 'incomes')?.correction).toMatchObject({
      csv: expect.stringContaining('Work,,,101.00,EUR,,\n2025-04-30,Bank,,,0.5,'),
      amount: '201.5000',
    });
    expect(of(plan, 'budgets')?.correction).toMatchObject({
      csv: 'month,category,amount,currency\n2025-03,Food,21,JPY\n2025-03,Food,20,JPY\n2025-03,Food,20,JPY\n',
      amount: '61.0000',
    });
  });

  it('quotes the values that need quotes in a CSV file', () => {
    expect(of(plan, 'expenses')?.first.csv).toContain('"two, ""quoted"""');
  });

  it('contains the rows of the monthly cash flow before and after the correction', () => {
    expect(plan.cashFlow).toEqual({
      first: [
        {
          month: '2025-03',
          currency: 'EUR',
          income: '200.0000',
          expense: '30.0000',
          net: '170.0000',
          savings_rate: '0.8500',
        },
        { month: '2025-03', currency: 'JPY', income: '0.0000', expense: '7.0000', net: '-7.0000', savings_rate: null },
        {
          month: '2025-04',
          currency: 'EUR',
          income: '0.5000',
          expense: '0.0000',
          net: '0.5000',
          savings_rate: '1.0000',
        },
        { month: '2025-05', currency: 'EUR', income: '0.0000', expense: '1.0000', net: '-1.0000', savings_rate: null },
      ],
      correction: [
        {
          month: '2025-03',
          currency: 'EUR',
          income: '201.0000',
          expense: '31.0000',
          net: '170.0000',
          savings_rate: '0.8458',
        },
        { month: '2025-03', currency: 'JPY', income: '0.0000', expense: '7.0000', net: '-7.0000', savings_rate: null },
        {
          month: '2025-04',
          currency: 'EUR',
          income: '0.5000',
          expense: '0.0000',
          net: '0.5000',
          savings_rate: '1.0000',
        },
        { month: '2025-05', currency: 'EUR', income: '0.0000', expense: '1.0000', net: '-1.0000', savings_rate: null },
      ],
    });
  });

  it('contains three to five rows per file for any samples, and the correction has a different sum', () => {
    const amount = fc
      .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.nat({ max: 4 }))
      .map(([whole, decimals]) => `${whole}${decimals === 0 ? '' : `.${'1234'.slice(0, decimals)}`}`);
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 9 }), (amounts) => {
        const samples = amounts.map((amount) => ({ month: '2025-03', category: 'Food', amount, currency: 'EUR' }));
        const budget = of(planCanary({ ...few, budgets: { ...feeds.budgets, samples } }), 'budgets');
        expect(budget?.first.rows).toBeGreaterThanOrEqual(3);
        expect(budget?.first.rows).toBeLessThanOrEqual(5);
        const [before, after] = [budget?.first, budget?.correction].map((file) => parseDecimal(file?.amount ?? '', 4));
        expect((after as bigint) - (before as bigint)).toBe(10_000n);
      }),
    );
  });

  it('is the same in every build', () => {
    expect(renderCanaryPlan(planCanary())).toBe(renderCanaryPlan(planCanary()));
  });
});

describe('readCanaryPlan', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'centflow-canary-plan-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('returns the plan that renderCanaryPlan wrote', async () => {
    writeFileSync(join(folder, 'canary.json'), renderCanaryPlan(planCanary()));
    expect(await readCanaryPlan({ folder })).toEqual(planCanary());
  });

  it.each([
    ['a missing plan', undefined],
    ['a plan that is not JSON', '{'],
    ['a plan in a later format', JSON.stringify({ ...planCanary(), format: 2 })],
    // The feed's name becomes part of an object key.
    ['a plan with an invalid feed name', renderCanaryPlan(planCanary()).replaceAll('"incomes"', '"../incomes"')],
  ])('refuses %s', async (_, text) => {
    if (text !== undefined) writeFileSync(join(folder, 'canary.json'), text);
    await expect(readCanaryPlan({ folder })).rejects.toThrow(/canary\.json is not a valid canary plan/);
    await expect(readCanaryPlan({ folder })).rejects.toMatchObject({ name: 'ReleaseError' });
  });
});
