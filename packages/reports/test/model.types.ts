/** Lines that must not compile. If a line compiles, its `@ts-expect-error` is unused, and `tsc` fails. */
import { drillTo } from '../src/drill.ts';
import type {
  Dashboard,
  Dimension,
  Figure,
  FilterOf,
  Kpi,
  Last,
  LineOrBar,
  Ratio,
  Total,
  Visual,
} from '../src/model.ts';

type View = 'v_monthly_cash_flow';

const month: Dimension<View> = { column: 'month', title: 'Month', format: 'month' };
const net: Total<View> = { column: 'net', aggregate: 'sum', title: 'Left over', format: 'money' };

export const fine: LineOrBar<View> = {
  kind: 'line',
  id: 'fine',
  title: 'Fine',
  question: 'Does it compile?',
  view: 'v_monthly_cash_flow',
  filters: ['currency', 'period'],
  x: month,
  values: [net],
};

// @ts-expect-error the view has no such column
export const unknownDimension: Dimension<View> = { column: 'week', title: 'Week', format: 'month' };
// @ts-expect-error the view has no such column
export const unknownMeasure: Total<View> = { column: 'gross', aggregate: 'sum', title: 'Gross', format: 'money' };
// @ts-expect-error visuals cannot show or filter the owner
export const owner: Dimension<View> = { column: 'owner', title: 'Owner', format: 'text' };
// @ts-expect-error a column of another view
export const anotherViews: Dimension<'v_transactions'> = { column: 'savings_rate', title: 'Rate', format: 'integer' };

export const ofNothing: Ratio<View> = {
  name: 'rate',
  numerator: 'net',
  // @ts-expect-error the view has no such column
  denominator: 'gross',
  title: 'Rate',
  format: 'percent',
};

// @ts-expect-error the view has no categories
export const withoutColumn: Kpi<View> = { ...fine, kind: 'kpi', value: net, filters: ['currency', 'category'] };
// @ts-expect-error the accounting has no currency, so its sums are not money
export const checkSum: Figure<'v_upload_accounting'> = { column: 'amount_read', title: 'Read', format: 'money' };
// @ts-expect-error the accounting cannot be filtered by currency
export const checkSumFilter: FilterOf<'v_upload_accounting'> = 'currency';

// @ts-expect-error the columns belong to another view than the named one
export const otherView: LineOrBar<View> = { ...fine, view: 'v_account_balance' };
// @ts-expect-error only columns of the view can limit its rows
export const fixed: LineOrBar<View> = { ...fine, only: { kind: 'expense' } };

const payments = { id: 'payments', view: 'v_transactions' } as const;
export const drill: LineOrBar<View> = { ...fine, drill: drillTo(payments, [], 'month') };
// @ts-expect-error the coarser view has no such column
export const drillFrom: LineOrBar<View> = { ...fine, drill: drillTo(payments, [{ from: 'city', column: 'city' }]) };
// @ts-expect-error the finer view has no such column
export const drillBy: LineOrBar<View> = { ...fine, drill: drillTo(payments, [{ from: 'month', column: 'month' }]) };

type Balances = 'v_account_balance';
const balance: Last<Balances> = {
  column: 'balance',
  aggregate: 'last',
  per: 'account',
  by: 'date',
  title: 'Balance',
  format: 'money',
};
const movement: Total<Balances> = { column: 'movement', aggregate: 'sum', title: 'Movement', format: 'money' };
// @ts-expect-error balances and sums cannot be shown side by side
export const mixed: LineOrBar<Balances>['values'] = [balance, movement];

// A dashboard accepts visuals of any view, but no visual that mixes two views.
export const dashboard: Dashboard['visuals'] = [{ visual: fine, width: 12 }];
// @ts-expect-error the columns belong to another view
export const halves: Visual = { ...fine, view: 'v_account_balance' };
