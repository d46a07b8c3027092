/** Income by source. */
import { drillTo } from '../drill.ts';
import type { Dashboard, Dimension, LineOrBar, Stacked, Total } from '../model.ts';
import { incomePayments } from './payments.ts';

type View = 'v_income_by_source_month';
const view: View = 'v_income_by_source_month';
const filters = ['currency', 'period'] as const;

const month: Dimension<View> = { column: 'month', title: 'Month', format: 'month' };
const source: Dimension<View> = { column: 'source', title: 'Source', format: 'text' };
const received: Total<View> = { column: 'amount', aggregate: 'sum', title: 'Received', format: 'money' };

const incomeBySourceAndMonth: Stacked<View> = {
  kind: 'stacked',
  id: 'income-by-source-and-month',
  title: 'Income by month',
  question: 'Which sources made a month a good one?',
  view,
  filters,
  x: month,
  series: source,
  values: [received],
  drill: drillTo(incomePayments, [{ from: 'source', column: 'counterparty' }], 'month'),
};

const incomeBySource: LineOrBar<View> = {
  kind: 'bar',
  id: 'income-by-source',
  title: 'Income by source',
  question: 'Who pays the most?',
  view,
  filters,
  x: source,
  values: [received],
  top: 20,
  horizontal: true,
  drill: drillTo(incomePayments, [{ from: 'source', column: 'counterparty' }]),
};

export const income: Dashboard = {
  id: 'income',
  title: 'Income',
  description: 'Where the money comes from.',
  filters,
  visuals: [
    { visual: incomeBySourceAndMonth, width: 8 },
    { visual: incomeBySource, width: 4 },
  ],
  drills: [incomePayments],
};
