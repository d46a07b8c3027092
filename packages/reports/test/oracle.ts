/**
 * Calculates the expected answers of visuals in plain TypeScript from single payments. The code is slow but easy to
 * check.
 */
import type { AnyLast, AnyValue, Filters, ViewName, Visual } from '../src/model.ts';
import { dimensionsOf, isRatio, nameOf, valuesOf } from '../src/parts.ts';

/** A row of `v_transactions`, as MySQL returns it. */
export interface Payment {
  readonly owner: string;
  readonly kind: 'income' | 'expense';
  readonly date: string;
  readonly counterparty: string;
  readonly category: string;
  readonly account: string;
  readonly amount: string;
  readonly currency: string;
  readonly description: string;
  readonly country: string | null;
  readonly city: string | null;
  readonly upload_id: number;
  readonly row_no: number;
}
export interface Budgeted {
  readonly owner: string;
  readonly month: string;
  readonly category: string;
  readonly amount: string;
  readonly currency: string;
}
export interface Books {
  readonly payments: readonly Payment[];
  readonly budgets: readonly Budgeted[];
}

type Cell = string | number | bigint | null;
type Row = Readonly<Record<string, Cell>>;

/** Returns an amount in ten-thousandths, the unit of all amounts in this file. */
const units = (amount: string) => BigInt(amount.replace('.', ''));
const formatAmount = (amount: bigint) => {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(5, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
};

/** The rows of each view before grouping. Grouping them gives the view's sums, because a sum of sums is a sum. */
const rowsOfViews: { readonly [View in ViewName]?: (books: Books) => readonly Row[] } = {
  v_transactions: ({ payments }) => payments.map((payment) => ({ ...payment, amount: units(payment.amount) })),
  v_monthly_cash_flow: ({ payments }) =>
    payments.map(({ owner, kind, date, currency, amount }) => {
      const income = kind === 'income' ? units(amount) : 0n;
      const expense = kind === 'expense' ? units(amount) : 0n;
      return { owner, month: date.slice(0, 7), currency, income, expense, net: income - expense };
    }),
  v_income_by_source_month: ({ payments }) =>
    ofKind(payments, 'income').map(({ counterparty, ...row }) => ({ ...row, source: counterparty })),
  v_spend_by_category_month: ({ payments }) => ofKind(payments, 'expense'),
  v_spend_by_day: ({ payments }) => ofKind(payments, 'expense'),
  v_spend_by_merchant_month: ({ payments }) =>
    ofKind(payments, 'expense').map(({ counterparty, ...row }) => ({ ...row, merchant: counterparty })),
  v_spend_by_place: ({ payments }) => ofKind(payments, 'expense'),
  v_budget_vs_actual: ({ payments, budgets }) => [
    ...budgets.map(({ amount, ...row }) => ({ ...row, budget: units(amount), actual: 0n, remaining: units(amount) })),
    ...ofKind(payments, 'expense').map((row) => ({ ...row, budget: 0n, actual: row.amount, remaining: -row.amount })),
  ],
  v_account_balance: ({ payments }) => {
    const rows: Row[] = [];
    for (const day of grouped(payments, ['owner', 'account', 'currency', 'date'])) {
      const [{ owner, account, currency, date }] = day as [Payment];
      const until = payments.filter(
        (other) =>
          other.owner === owner && other.account === account && other.currency === currency && other.date <= date,
      );
      rows.push({ owner, account, currency, date, movement: sum(day.map(signed)), balance: sum(until.map(signed)) });
    }
    return rows;
  },
};

const signed = ({ kind, amount }: Payment) => (kind === 'income' ? units(amount) : -units(amount));
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);

function ofKind(payments: readonly Payment[], wanted: Payment['kind']) {
  return payments
    .filter(({ kind }) => kind === wanted)
    .map((payment) => ({
      ...payment,
      month: payment.date.slice(0, 7),
      amount: units(payment.amount),
      transactions: 1,
    }));
}

function grouped<T extends object>(rows: readonly T[], by: readonly (keyof T)[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = JSON.stringify(by.map((column) => row[column]));
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups.values()];
}

/** Returns whether the oracle can calculate a visual's answer from payments and budgets. */
export function isKnown(visual: Visual): boolean {
  return rowsOfViews[visual.view] !== undefined;
}

/** Returns an owner's most used currency, by number of payments. Ties are in alphabetical order. */
export function mostUsedCurrency({ payments, budgets }: Books, owner: string): string | null {
  const uses = new Map<string, number>();
  for (const budget of budgets) if (budget.owner === owner) uses.set(budget.currency, 0);
  for (const payment of payments) {
    if (payment.owner === owner) uses.set(payment.currency, (uses.get(payment.currency) ?? 0) + 1);
  }
  const [first] = [...uses].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return first?.[0] ?? null;
}

/** Returns the rows of an answer, in no particular order. */
export function expected(books: Books, visual: Visual, owner: string, filters: Filters): (string | number | null)[][] {
  const currency = filters.currency ?? mostUsedCurrency(books, owner);
  if (currency === null) return [];
  const has = (name: string) => (visual.filters as readonly string[]).includes(name);
  const rows = (rowsOfViews[visual.view]?.(books) ?? [])
    .filter((row) => row.owner === owner && row.currency === currency)
    .filter((row) => !has('category') || filters.category === undefined || row.category === filters.category)
    .filter((row) => !has('account') || filters.account === undefined || row.account === filters.account)
    .filter((row) => {
      const month = String(row.month ?? row.date).slice(0, 7);
      return month >= (filters.from ?? '0000-00') && month <= (filters.to ?? '9999-99');
    })
    .filter((row) => Object.entries(visual.only ?? {}).every(([column, value]) => row[column] === value))
    .filter((row) => Object.entries(filters.drill ?? {}).every(([column, value]) => row[column] === value))
    .map((row) => {
      const labels = dimensionsOf(visual).map(({ column, grain }, index) => [
        `label ${index}`,
        grain === 'month' ? String(row[column]).slice(0, 7) : (row[column] ?? null),
      ]);
      return { ...row, ...Object.fromEntries(labels) } as Row;
    });
  const labels = dimensionsOf(visual).map((_, index) => `label ${index}`);
  const groups = visual.kind === 'list' ? rows.map((row) => [row]) : grouped(rows, labels);
  return groups.map((group) => [
    ...labels.map((label) => group[0]?.[label] as string | number | null),
    ...valuesOf(visual).map((value) => figureOf(group, value)),
  ]);
}

function figureOf(group: readonly Row[], value: AnyValue): string | number | null {
  const total = (column: string) => sum(group.map((row) => BigInt(row[column] as bigint | number)));
  if (isRatio(value)) return quotient(total(value.numerator), total(value.denominator));
  if (!('aggregate' in value) || value.aggregate === 'sum') {
    return value.format === 'money' ? formatAmount(total(value.column)) : Number(total(value.column));
  }
  if (value.aggregate === 'count') return group.length;
  const { per, by } = value as AnyLast;
  const ends = grouped(group, [per]).map((rows) =>
    rows.reduce((last, row) => (String(row[by]) > String(last[by]) ? row : last)),
  );
  return formatAmount(sum(ends.map((row) => row[nameOf(value)] as bigint)));
}

/** Returns a quotient with 4 decimals, rounded half away from zero. */
function quotient(part: bigint, whole: bigint): string | null {
  if (whole <= 0n) return null;
  const size = part < 0n ? -part : part;
  const rounded = (size * 20_000n + whole) / (2n * whole);
  return formatAmount(part < 0n ? -rounded : rounded);
}
