/** Spending by category, by merchant and by payment. */
import { drillTo } from '../drill.ts';
import type { Dashboard, Dimension, Kpi, LineOrBar, Stacked } from '../model.ts';
import { expensePayments } from './payments.ts';

type ByCategory = 'v_spend_by_category_month';
type ByMerchant = 'v_spend_by_merchant_month';
const view: ByCategory = 'v_spend_by_category_month';
const filters = ['currency', 'period', 'category'] as const;

const month: Dimension<ByCategory> = { column: 'month', title: 'Month', format: 'month' };
const category: Dimension<ByCategory> = { column: 'category', title: 'Category', format: 'text' };
const spent = { column: 'amount', aggregate: 'sum', title: 'Spent', format: 'money' } as const;

export const spendingByMerchant: LineOrBar<ByMerchant> = {
  kind: 'bar',
  id: 'spending-by-merchant',
  title: 'Spending by merchant',
  question: 'Who is paid the most?',
  view: 'v_spend_by_merchant_month',
  filters,
  narrowedBy: ['category'],
  x: { column: 'merchant', title: 'Merchant', format: 'text' },
  values: [spent],
  top: 20,
  horizontal: true,
  drill: drillTo(expensePayments, [
    { from: 'merchant', column: 'counterparty' },
    { from: 'category', column: 'category' },
  ]),
};

export const spendingByCategory: LineOrBar<ByCategory> = {
  kind: 'bar',
  id: 'spending-by-category',
  title: 'Spending by category',
  question: 'What is the most money spent on?',
  view,
  filters,
  x: category,
  values: [spent],
  top: 20,
  horizontal: true,
  drill: drillTo(spendingByMerchant, [{ from: 'category', column: 'category' }]),
};

const spendingByCategoryAndMonth: Stacked<ByCategory> = {
  kind: 'stacked',
  id: 'spending-by-category-and-month',
  title: 'Spending by month',
  question: 'Which categories made a month expensive?',
  view,
  filters,
  x: month,
  series: category,
  values: [spent],
  drill: drillTo(spendingByMerchant, [{ from: 'category', column: 'category' }], 'month'),
};

const spendingFigure: Kpi<ByCategory> = {
  kind: 'kpi',
  id: 'spending-figure',
  title: 'Spent',
  question: 'How much was spent, and is it more than the month before?',
  view,
  filters,
  value: spent,
  trend: month,
};

const paymentsFigure: Kpi<ByCategory> = {
  kind: 'kpi',
  id: 'payments-figure',
  title: 'Payments',
  question: 'How many times was something paid?',
  view,
  filters,
  value: { column: 'transactions', aggregate: 'sum', title: 'Payments', format: 'integer' },
  trend: month,
};

export const spending: Dashboard = {
  id: 'spending',
  title: 'Spending',
  description: 'What the money goes to: categories, the merchants in them, and their payments.',
  filters,
  visuals: [
    { visual: spendingFigure, width: 6 },
    { visual: paymentsFigure, width: 6 },
    { visual: spendingByCategoryAndMonth, width: 12 },
    { visual: spendingByCategory, width: 6 },
    { visual: spendingByMerchant, width: 6 },
  ],
  drills: [expensePayments],
};
