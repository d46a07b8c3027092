import type { Faker } from '@faker-js/faker';
import type { SampleRow } from '../define-feed.ts';
import type { budgets } from '../feeds/budgets.ts';
import type { expenses } from '../feeds/expenses.ts';
import type { incomes } from '../feeds/incomes.ts';
import { formatAmount } from './amount.ts';
import { chanceOf } from './chance.ts';
import type { Household, Trip } from './household.ts';

export type Income = SampleRow<typeof incomes>;
export type Expense = SampleRow<typeof expenses>;
export type Budget = SampleRow<typeof budgets>;

const months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/** Returns what the household received in a year, by date. */
export function incomesOf(household: Household, year: number): Income[] {
  const chance = chanceOf(`${household.owner} incomes ${year}`);
  const { salary, currency, account } = household;
  const paid = Math.round(salary.amount * (1 + salary.raise) ** (year - 2023));
  const rows = months.flatMap((month): Income[] => [
    {
      date: day(year, month, salary.day),
      source: salary.source,
      category: 'Salary',
      account,
      amount: formatAmount(paid, currency),
      currency,
      description: '',
    },
    ...household.otherIncome
      .filter((other) => other.months.includes(month))
      .map((other) => ({
        date: day(year, month, chance.number.int({ min: 2, max: 27 })),
        source: other.source,
        category: other.category,
        account: other.account,
        amount: formatAmount(chance.number.int({ min: other.from, max: other.to }), currency),
        currency,
        description: other.description,
      })),
  ]);
  return rows.sort(byDate);
}

/** Returns what the household spent at home in a year, by date, including refunds. */
export function expensesOf(household: Household, year: number): Expense[] {
  const chance = chanceOf(`${household.owner} expenses ${year}`);
  return months
    .flatMap((month) => [...standingOrdersOf(household, year, month), ...purchasesOf(household, year, month, chance)])
    .sort(byDate);
}

/** Returns what was spent on a trip, by date, in the local currency. */
export function tripExpensesOf(household: Household, trip: Trip): Expense[] {
  const chance = chanceOf(`${household.owner} trip ${trip.name}`);
  const { currency, place, merchants, meal } = trip;
  const spend = (date: string, category: keyof Trip['merchants'], most: number): Expense => ({
    date,
    merchant: chance.helpers.arrayElement(merchants[category]),
    category,
    account: 'Travel card',
    amount: formatAmount(chance.number.int({ min: Math.ceil(most / 3), max: most }), currency),
    currency,
    description: '',
    ...place,
  });
  return Array.from({ length: trip.days }, (_, index) => laterDay(trip.from, index)).flatMap((date) => [
    spend(date, 'Lodging', meal * 7),
    spend(date, 'Eating out', meal),
    spend(date, 'Eating out', Math.round(meal * 2.2)),
    spend(date, 'Transport', Math.round(meal / 2)),
    ...(chance.datatype.boolean(0.5) ? [spend(date, 'Leisure', meal * 2)] : []),
  ]);
}

/** Returns the household's budgets of a year. They rise slightly each year, and gifts are budgeted in December. */
export function budgetsOf(household: Household, year: number): Budget[] {
  const { currency } = household;
  return months.flatMap((month) =>
    Object.entries(household.budgets)
      .filter(([category]) => category !== 'Gifts' || month === 12)
      .map(([category, amount]) => ({
        month: day(year, month, 1).slice(0, 7),
        category,
        amount: formatAmount(Math.round((amount * (1 + 0.02 * (year - 2023))) / 100) * 100, currency),
        currency,
      })),
  );
}

function standingOrdersOf(household: Household, year: number, month: number): Expense[] {
  const { account, currency, home } = household;
  return household.standingOrders
    .filter((order) => !order.quarterly || month % 3 === 1)
    .map((order) => {
      const cold = (1 + Math.cos(((month - 1) / 6) * Math.PI)) / 2;
      const amount = Math.round(order.amount * (1 + (order.winter ?? 0) * cold));
      return {
        date: day(year, month, order.day),
        merchant: order.merchant,
        category: order.category,
        account,
        amount: formatAmount(amount, currency),
        currency,
        description: order.description,
        country: home.country,
      };
    });
}

function purchasesOf(household: Household, year: number, month: number, chance: Faker): Expense[] {
  const { currency, home } = household;
  return household.habits.flatMap((habit) => {
    const times = Math.max(0, Math.round(habit.perMonth + chance.number.float({ min: -1, max: 1 })));
    return Array.from({ length: times }).flatMap((): Expense[] => {
      const date = day(year, month, chance.number.int({ min: 1, max: 28 }));
      // Most purchases are small.
      const spread = chance.number.float({ min: 0, max: 1 }) * chance.number.float({ min: 0, max: 1 });
      const amount = Math.round(habit.from + spread * (habit.to - habit.from));
      const bought: Expense = {
        date,
        merchant: chance.helpers.arrayElement(habit.merchants),
        category: habit.category,
        account: habit.account,
        amount: formatAmount(amount, currency),
        currency,
        description: '',
        ...home,
      };
      const twice = habit.category === 'Eating out' && chance.datatype.boolean(0.04);
      const returned = habit.category === 'Shopping' && chance.datatype.boolean(0.08);
      return [
        bought,
        ...(twice ? [bought] : []),
        ...(returned && laterDay(date, 9).startsWith(String(year))
          ? [{ ...bought, date: laterDay(date, 9), amount: formatAmount(-amount, currency), description: 'Refund' }]
          : []),
      ];
    });
  });
}

function day(year: number, month: number, dayOfMonth: number): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
}

function laterDay(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

function byDate(a: { date: string }, b: { date: string }): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : 0;
}
