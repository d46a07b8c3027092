/** Lists of the individual payments behind a figure. Every chain of drills ends at one of these lists. */
import type { Dimension, Figure, List } from '../model.ts';

type View = 'v_transactions';
const view: View = 'v_transactions';
const filters = ['currency', 'period', 'category', 'account'] as const;

const date: Dimension<View> = { column: 'date', title: 'Date', format: 'date' };
const category: Dimension<View> = { column: 'category', title: 'Category', format: 'text' };
const account: Dimension<View> = { column: 'account', title: 'Account', format: 'text' };
const description: Dimension<View> = { column: 'description', title: 'Description', format: 'text' };
const source: readonly Dimension<View>[] = [
  { column: 'upload_id', title: 'Upload', format: 'integer' },
  { column: 'row_no', title: 'Row', format: 'integer' },
];
const amount: Figure<View> = { column: 'amount', title: 'Amount', format: 'money' };
const newest = ['date', 'upload_id', 'row_no'] as const;

export const expensePayments: List<View> = {
  kind: 'list',
  id: 'expense-payments',
  title: 'Payments',
  question: 'Which payments make up this figure, and which files are they from?',
  view,
  filters,
  only: { kind: 'expense' },
  narrowedBy: ['counterparty', 'category', 'country', 'city', 'date'],
  rows: [
    date,
    { column: 'counterparty', title: 'Merchant', format: 'text' },
    category,
    account,
    description,
    { column: 'city', title: 'City', format: 'text' },
    { column: 'country', title: 'Country', format: 'country' },
    ...source,
  ],
  values: [amount],
  newest,
};

export const incomePayments: List<View> = {
  kind: 'list',
  id: 'income-payments',
  title: 'Receipts',
  question: 'Which receipts make up this figure, and which files are they from?',
  view,
  filters,
  only: { kind: 'income' },
  narrowedBy: ['counterparty'],
  rows: [date, { column: 'counterparty', title: 'Source', format: 'text' }, category, account, description, ...source],
  values: [amount],
  newest,
};
