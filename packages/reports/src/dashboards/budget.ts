/** The dashboard that compares spending with the budget. */
import { drillTo } from '../drill.ts';
import type { Dashboard, Dimension, Kpi, LineOrBar, Pivot, Ratio, Total } from '../model.ts';
import { spendingByMerchant } from './spending.ts';

type View = 'v_budget_vs_actual';
const view: View = 'v_budget_vs_actual';
const filters = ['currency', 'period', 'category'] as const;

const month: Dimension<View> = { column: 'month', title: 'Month', format: 'month' };
const category: Dimension<View> = { column: 'category', title: 'Category', format: 'text' };
const budgeted: Total<View> = { column: 'budget', aggregate: 'sum', title: 'Budget', format: 'money' };
const actual: Total<View> = { column: 'actual', aggregate: 'sum', title: 'Spent', format: 'money' };
const remaining: Total<View> = { column: 'remaining', aggregate: 'sum', title: 'Remaining', format: 'money' };
const used: Ratio<View> = {
  name: 'budget_used',
  numerator: 'actual',
  denominator: 'budget',
  title: 'Budget used',
  format: 'percent',
};

const budgetFigure: Kpi<View> = {
  kind: 'kpi',
  id: 'budget-figure',
  title: 'Budget',
  question: 'How much did you plan to spend?',
  view,
  filters,
  value: budgeted,
  trend: month,
};

const remainingFigure: Kpi<View> = {
  kind: 'kpi',
  id: 'budget-remaining-figure',
  title: 'Remaining',
  question: 'How much of the budget is left?',
  view,
  filters,
  value: remaining,
  trend: month,
};

const usedFigure: Kpi<View> = {
  kind: 'kpi',
  id: 'budget-used-figure',
  title: 'Budget used',
  question: 'What share of the budget have you spent?',
  view,
  filters,
  value: used,
  trend: month,
};

const budgetByCategory: LineOrBar<View> = {
  kind: 'bar',
  id: 'budget-by-category',
  title: 'Budget and spending by category',
  question: 'Where did you overspend?',
  view,
  filters,
  x: category,
  values: [budgeted, actual],
  top: 20,
  horizontal: true,
  drill: drillTo(spendingByMerchant, [{ from: 'category', column: 'category' }]),
};

const budgetByMonth: LineOrBar<View> = {
  kind: 'line',
  id: 'budget-by-month',
  title: 'Budget and spending by month',
  question: 'When did you overspend?',
  view,
  filters,
  x: month,
  values: [budgeted, actual],
};

const remainingByCategoryAndMonth: Pivot<View> = {
  kind: 'pivot',
  id: 'budget-remaining-by-category-and-month',
  title: 'Remaining budget',
  question: 'Which budgets do you overspend repeatedly?',
  view,
  filters,
  rows: [category],
  columns: [month],
  values: [remaining],
};

export const budget: Dashboard = {
  id: 'budget',
  title: 'Budget',
  description: 'Are you within budget?',
  filters,
  visuals: [
    { visual: budgetFigure, width: 4 },
    { visual: remainingFigure, width: 4 },
    { visual: usedFigure, width: 4 },
    { visual: budgetByCategory, width: 6 },
    { visual: budgetByMonth, width: 6 },
    { visual: remainingByCategoryAndMonth, width: 12 },
  ],
};
