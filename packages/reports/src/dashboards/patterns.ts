/** Repeated payments and expensive days. */
import { drillTo } from '../drill.ts';
import type { Calendar, Dashboard, Dimension, HeatMap, Pivot, Total } from '../model.ts';
import { expensePayments } from './payments.ts';
import { spendingByMerchant } from './spending.ts';

type ByCategory = 'v_spend_by_category_month';
const view: ByCategory = 'v_spend_by_category_month';
const filters = ['currency', 'period', 'category'] as const;

const month: Dimension<ByCategory> = { column: 'month', title: 'Month', format: 'month' };
const category: Dimension<ByCategory> = { column: 'category', title: 'Category', format: 'text' };
const spent: Total<ByCategory> = { column: 'amount', aggregate: 'sum', title: 'Spent', format: 'money' };
const toMerchants = drillTo<ByCategory, 'v_spend_by_merchant_month'>(
  spendingByMerchant,
  [{ from: 'category', column: 'category' }],
  'month',
);

const spendingCalendar: Calendar<'v_spend_by_day'> = {
  kind: 'calendar',
  id: 'spending-calendar',
  title: 'Spending by day',
  question: 'On which days is the money spent?',
  view: 'v_spend_by_day',
  filters,
  date: { column: 'date', title: 'Date', format: 'date' },
  values: [{ column: 'amount', aggregate: 'sum', title: 'Spent', format: 'money' }],
  drill: drillTo(expensePayments, [{ from: 'date', column: 'date' }]),
};

const spendingHeatMap: HeatMap<ByCategory> = {
  kind: 'heatmap',
  id: 'spending-heat-map',
  title: 'Spending by category and month',
  question: 'Which categories are expensive in which season?',
  view,
  filters,
  x: month,
  y: category,
  values: [spent],
  drill: toMerchants,
};

const spendingPivot: Pivot<ByCategory> = {
  kind: 'pivot',
  id: 'spending-pivot',
  title: 'Category by month, in figures',
  question: 'How much exactly was spent on what, and when?',
  view,
  filters,
  rows: [category],
  columns: [month],
  values: [spent],
  drill: toMerchants,
};

export const patterns: Dashboard = {
  id: 'patterns',
  title: 'Patterns',
  description: 'Habits: what comes back every month, and which days are expensive.',
  filters,
  visuals: [
    { visual: spendingCalendar, width: 12 },
    { visual: spendingHeatMap, width: 12 },
    { visual: spendingPivot, width: 12 },
  ],
  drills: [expensePayments],
};
