/** The content of each file of `samples/raw/`. See samples/README.md. */
import { chanceOf } from './chance.ts';
import { dirtyBudgets, dirtyExpenses, raggedExpenses } from './dirty-rows.ts';
import type { Household } from './household.ts';
import { households, years } from './households.ts';
import { budgetsOf, type Expense, expensesOf, incomesOf, tripExpensesOf } from './payments.ts';

/** One file of `samples/raw/`. */
export interface SampleFile {
  readonly feed: 'incomes' | 'expenses' | 'budgets';
  readonly owner: string;
  /** The file's name under the owner's folder. */
  readonly name: string;
  /** The file's rows, by header. */
  readonly rows: readonly Cells[];
  /** Optional headers that the file omits. */
  readonly without?: readonly string[];
  /** Lines at the end with another number of cells than the header. */
  readonly ragged?: readonly string[];
}

type Cells = Readonly<Record<string, string | null | undefined>>;

/** Returns every file of the three households. */
export function sampleFiles(): SampleFile[] {
  return [...households.flatMap(steadyFiles), ...expenseFiles()];
}

/** Returns incomes and budgets: one file for each year. */
function steadyFiles(household: Household): SampleFile[] {
  const { owner } = household;
  return years.flatMap((year): SampleFile[] => [
    {
      feed: 'incomes',
      owner,
      name: `${year}.csv`,
      rows: incomesOf(household, year).map(row),
      without: ['transaction_id'],
    },
    {
      feed: 'budgets',
      owner,
      name: `${year}.csv`,
      rows: [...budgetsOf(household, year).map(row), ...(owner === 'kenji' && year === 2025 ? dirtyBudgets : [])],
    },
  ]);
}

function expenseFiles(): SampleFile[] {
  const [ada, kenji, maya] = households;
  return [...statements(ada), ...bankAndCard(kenji), ...homeAndTrips(maya)];
}

/** Returns one file for each of two years, then statements. The first two statements both cover April to June. */
function statements(household: Household): SampleFile[] {
  const [first, second, third] = years.map((year) => expensesOf(household, year)) as [Expense[], Expense[], Expense[]];
  const between = (from: string, to: string) => third.filter(({ date }) => from <= date && date <= to);
  return [
    expenseFile(household, '2023.csv', first),
    expenseFile(household, '2024.csv', second),
    expenseFile(household, 'statement-2025-01-to-06.csv', between('2025-01-01', '2025-06-30')),
    expenseFile(household, 'statement-2025-04-to-09.csv', between('2025-04-01', '2025-09-30')),
    expenseFile(household, 'statement-2025-10-to-12.csv', between('2025-10-01', '2025-12-31')),
  ];
}

/** Returns files of a bank without transaction ids, and of a card with them. */
function bankAndCard(household: Household): SampleFile[] {
  return years.flatMap((year) => {
    const chance = chanceOf(`${household.owner} transaction ids ${year}`);
    const [bank, card] = [true, false].map((isBank) =>
      expensesOf(household, year).filter(({ account }) => (account === household.account) === isBank),
    ) as [Expense[], Expense[]];
    const identified = card.map((expense, index) => ({
      ...expense,
      transactionId: `${year}-${String(index + 1).padStart(4, '0')}-${chance.string.hexadecimal({ length: 6, casing: 'lower', prefix: '' })}`,
    }));
    return [
      expenseFile(household, `bank-${year}.csv`, bank),
      { ...expenseFile(household, `card-${year}.csv`, identified), without: [] },
    ];
  });
}

/** Returns one file for each year at home, the first one compressed, one for each trip, and one that was typed by hand. */
function homeAndTrips(household: Household): SampleFile[] {
  return [
    ...years.map((year) =>
      expenseFile(household, year === 2023 ? '2023.csv.gz' : `${year}.csv`, expensesOf(household, year)),
    ),
    ...household.trips.map((trip) => expenseFile(household, `trips/${trip.name}.csv`, tripExpensesOf(household, trip))),
    handwritten(household),
  ];
}

/** Returns small cash payments with the dirty rows among them. */
function handwritten(household: Household): SampleFile {
  const chance = chanceOf(`${household.owner} cash`);
  const rows = Array.from({ length: 24 }, (_, index) => ({
    date: `2025-${String(Math.floor(index / 2) + 1).padStart(2, '0')}-${index % 2 === 0 ? '09' : '23'}`,
    merchant: chance.helpers.arrayElement(['Saturday Market', 'Yard sale', 'Street musician', 'Farm stand, Hwy 30']),
    category: chance.helpers.arrayElement(['Groceries', 'Leisure', 'Gifts']),
    account: 'Cash',
    amount: chance.number.int({ min: 1, max: 40 }).toFixed(2),
    currency: household.currency,
    description: index % 7 === 0 ? 'two lines,\nas typed' : '',
    country: household.home.country,
    city: household.home.city,
  }));
  const mixed = rows.flatMap((good, index) => {
    const dirty = index % 3 === 1 ? dirtyExpenses[(index - 1) / 3] : undefined;
    return dirty ? [good, { account: 'Cash', ...dirty }] : [good];
  });
  return {
    feed: 'expenses',
    owner: household.owner,
    name: 'cash-2025.csv',
    rows: mixed,
    without: ['transaction_id'],
    ragged: raggedExpenses,
  };
}

function expenseFile({ owner }: Household, name: string, rows: readonly Expense[]): SampleFile {
  return { feed: 'expenses', owner, name, rows: rows.map(row), without: ['transaction_id'] };
}

/** Returns a row by header instead of by property. */
function row({ transactionId, ...cells }: Cells): Cells {
  return { ...cells, transaction_id: transactionId };
}
