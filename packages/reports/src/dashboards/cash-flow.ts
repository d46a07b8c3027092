/** The dashboard of income, expenses and savings. */
import { drillTo } from '../drill.ts';
import type { Dashboard, Dimension, Kpi, LineOrBar, Ratio, Total } from '../model.ts';
import { spendingByCategory } from './spending.ts';

type View = 'v_monthly_cash_flow';
const view: View = 'v_monthly_cash_flow';
const filters = ['currency', 'period'] as const;

const month: Dimension<View> = { column: 'month', title: 'Month', format: 'month' };
const incomeTotal: Total<View> = { column: 'income', aggregate: 'sum', title: 'Income', format: 'money' };
const expenseTotal: Total<View> = { column: 'expense', aggregate: 'sum', title: 'Expenses', format: 'money' };
const netTotal: Total<View> = { column: 'net', aggregate: 'sum', title: 'Left over', format: 'money' };
const savingsRate: Ratio<View> = {
  name: 'savings_rate',
  numerator: 'net',
  denominator: 'income',
  title: 'Savings rate',
  format: 'percent',
};

const incomeFigure: Kpi<View> = {
  kind: 'kpi',
  id: 'income-figure',
  title: 'Income',
  question: 'How much came in, and is it more than the month before?',
  view,
  filters,
  value: incomeTotal,
  trend: month,
};

const expenseFigure: Kpi<View> = {
  kind: 'kpi',
  id: 'expense-figure',
  title: 'Expenses',
  question: 'How much went out, and is it more than the month before?',
  view,
  filters,
  value: expenseTotal,
  trend: month,
};

const netFigure: Kpi<View> = {
  kind: 'kpi',
  id: 'net-figure',
  title: 'Left over',
  question: 'How much was left, and is it more than the month before?',
  view,
  filters,
  value: netTotal,
  trend: month,
};

const savingsRateFigure: Kpi<View> = {
  kind: 'kpi',
  id: 'savings-rate-figure',
  title: 'Savings rate',
  question: 'What share of your income did you keep?',
  view,
  filters,
  value: savingsRate,
  trend: month,
};

const cashFlowByMonth: LineOrBar<View> = {
  kind: 'bar',
  id: 'cash-flow-by-month',
  title: 'Income and expenses by month',
  question: 'In which months did more come in than went out?',
  view,
  filters,
  x: month,
  values: [incomeTotal, expenseTotal],
  drill: drillTo(spendingByCategory, [], 'month'),
};

const savingsRateByMonth: LineOrBar<View> = {
  kind: 'line',
  id: 'savings-rate-by-month',
  title: 'Savings rate by month',
  question: 'Do you keep more of your income than before?',
  view,
  filters,
  x: month,
  values: [savingsRate],
};

const netByMonth: LineOrBar<View> = {
  kind: 'line',
  id: 'net-by-month',
  title: 'Left over by month',
  question: 'How much is left each month?',
  view,
  filters,
  x: month,
  values: [netTotal],
};

export const cashFlow: Dashboard = {
  id: 'cash-flow',
  title: 'Cash flow',
  description: 'What comes in, what goes out and what’s left.',
  filters,
  visuals: [
    { visual: incomeFigure, width: 3 },
    { visual: expenseFigure, width: 3 },
    { visual: netFigure, width: 3 },
    { visual: savingsRateFigure, width: 3 },
    { visual: cashFlowByMonth, width: 12 },
    { visual: netByMonth, width: 6 },
    { visual: savingsRateByMonth, width: 6 },
  ],
};
