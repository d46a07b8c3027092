import { mysqlView } from 'drizzle-orm/mysql-core';
import { defineView } from '../define-view.ts';
import byCategoryMonth from '../summaries/expenses-by-category-month.ts';
import { countOf, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

const spent = unionOf(
  'spent',
  totalsOf(byCategoryMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    category: by('category'),
    amount,
  })),
);

export const spendByCategoryMonth = mysqlView('v_spend_by_category_month')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: spent.column('owner').as('owner'),
        /** `YYYY-MM`. */
        month: spent.column('month').as('month'),
        currency: spent.column('currency').as('currency'),
        category: spent.column('category').as('category'),
        /** Money spent, minus refunds. */
        amount: totalOf(spent.column('amount')).as('amount'),
        /** Number of payments and refunds. */
        transactions: countOf(spent.column('transactions')).as('transactions'),
      })
      .from(spent.table)
      .groupBy(spent.column('owner'), spent.column('month'), spent.column('currency'), spent.column('category'))
      .having(spent.hasShownRows),
  );

export default defineView(spendByCategoryMonth, {
  question: 'What is the money spent on, month by month?',
  audience: 'reports',
});
