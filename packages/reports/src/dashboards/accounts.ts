/** The balances of the accounts. They start at 0 before the first row on file. */
import type { Dashboard, Dimension, Kpi, Last, LineOrBar } from '../model.ts';

type View = 'v_account_balance';
const view: View = 'v_account_balance';
const filters = ['currency', 'period', 'account'] as const;

const month: Dimension<View> = { column: 'date', grain: 'month', title: 'Month', format: 'month' };
const account: Dimension<View> = { column: 'account', title: 'Account', format: 'text' };
const balance: Last<View> = {
  column: 'balance',
  aggregate: 'last',
  per: 'account',
  by: 'date',
  title: 'Balance',
  format: 'money',
};

const balanceFigure: Kpi<View> = {
  kind: 'kpi',
  id: 'balance-figure',
  title: 'In all accounts',
  question: 'What do the accounts hold together at the end of the period?',
  view,
  filters,
  value: balance,
};

const balanceByAccount: LineOrBar<View> = {
  kind: 'bar',
  id: 'balance-by-account',
  title: 'Balance by account',
  question: 'What does each account hold at the end of the period?',
  view,
  filters,
  x: account,
  values: [balance],
  horizontal: true,
};

const balanceByMonth: LineOrBar<View> = {
  kind: 'line',
  id: 'balance-by-month',
  title: 'Balance at the end of each month',
  question: 'Which accounts grow, and which run dry?',
  view,
  filters,
  x: month,
  series: account,
  values: [balance],
};

const movementByMonth: LineOrBar<View> = {
  kind: 'bar',
  id: 'movement-by-month',
  title: 'Movement by month',
  question: 'In which months did the accounts gain, and in which did they lose?',
  view,
  filters,
  x: month,
  values: [{ column: 'movement', aggregate: 'sum', title: 'Movement', format: 'money' }],
};

export const accounts: Dashboard = {
  id: 'accounts',
  title: 'Accounts',
  description:
    'How the money in the accounts rises and falls. What an account held before the first row on file is not known.',
  filters,
  visuals: [
    { visual: balanceFigure, width: 4 },
    { visual: balanceByAccount, width: 8 },
    { visual: balanceByMonth, width: 12 },
    { visual: movementByMonth, width: 12 },
  ],
};
