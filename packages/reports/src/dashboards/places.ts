/** Spending by country and city, if the files name them. */
import { drillTo } from '../drill.ts';
import type { Dashboard, Dimension, FilledMap, LineOrBar, PointMap, Total } from '../model.ts';
import { expensePayments } from './payments.ts';

type View = 'v_spend_by_place';
const view: View = 'v_spend_by_place';
const filters = ['currency', 'period'] as const;

const country: Dimension<View> = { column: 'country', title: 'Country', format: 'country' };
const city: Dimension<View> = { column: 'city', title: 'City', format: 'text' };
const spent: Total<View> = { column: 'amount', aggregate: 'sum', title: 'Spent', format: 'money' };
const toPayments = drillTo<View, 'v_transactions'>(expensePayments, [
  { from: 'city', column: 'city' },
  { from: 'country', column: 'country' },
]);

const spendingByCity: LineOrBar<View> = {
  kind: 'bar',
  id: 'spending-by-city',
  title: 'Spending by city',
  question: 'In which cities is the most spent?',
  view,
  filters,
  narrowedBy: ['country'],
  x: city,
  values: [spent],
  top: 20,
  horizontal: true,
  drill: toPayments,
};

const spendingByCountry: FilledMap<View> = {
  kind: 'filled-map',
  id: 'spending-by-country',
  title: 'Spending by country',
  question: 'In which countries is the money spent?',
  view,
  filters,
  country,
  values: [spent],
  drill: drillTo(spendingByCity, [{ from: 'country', column: 'country' }]),
};

const spendingByPlace: PointMap<View> = {
  kind: 'point-map',
  id: 'spending-by-place',
  title: 'Spending by place',
  question: 'Where on the map is the money spent?',
  view,
  filters,
  country,
  city,
  values: [spent],
  drill: toPayments,
};

export const places: Dashboard = {
  id: 'places',
  title: 'Places',
  description: 'Where the money is spent, as far as the files say.',
  filters,
  visuals: [
    { visual: spendingByCountry, width: 6 },
    { visual: spendingByPlace, width: 6 },
    { visual: spendingByCity, width: 12 },
  ],
  drills: [expensePayments],
};
