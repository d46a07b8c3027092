/** Account balances over time. Each balance starts at zero before the first uploaded row. */
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
  title: 'All accounts',
  question: 'How much is in all accounts together at the end of the period?',
  view,
  filters,
  value: balance,
};

const balanceByAccount: LineOrBar<View> = {
  kind: 'bar',
  id: 'balance-by-account',
  title: 'Balance by account',
  question: 'How much is in each account at the end of the period?',
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
  question: 'Which accounts grow, and which shrink?',
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
  question: 'In which months did the accounts grow, and in which did they shrink?',
  view,
  filters,
  x: month,
  values: [{ column: 'movement', aggregate: 'sum', title: 'Movement', format: 'money' }],
};

export const accounts: Dashboard = {
  id: 'accounts',
  title: 'Accounts',
  description:
    'How the money in your accounts rises and falls. Money from before the first uploaded row is not included.',
  filters,
  visuals: [
    { visual: balanceFigure, width: 4 },
    { visual: balanceByAccount, width: 8 },
    { visual: balanceByMonth, width: 12 },
    { visual: movementByMonth, width: 12 },
  ],
};
