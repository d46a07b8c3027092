import { mysqlView } from 'drizzle-orm/mysql-core';
import { defineView } from '../define-view.ts';
import byCategoryDay from '../summaries/expenses-by-category-day.ts';
import { countOf, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

const spent = unionOf(
  'spent',
  totalsOf(byCategoryDay, ({ by, amount }) => ({
    date: by('date'),
    currency: by('currency'),
    category: by('category'),
    amount,
  })),
);

export const spendByDay = mysqlView('v_spend_by_day')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: spent.column('owner').as('owner'),
        date: spent.column('date').as('date'),
        currency: spent.column('currency').as('currency'),
        category: spent.column('category').as('category'),
        /** Money spent, minus refunds. */
        amount: totalOf(spent.column('amount')).as('amount'),
        /** Number of payments and refunds. */
        transactions: countOf(spent.column('transactions')).as('transactions'),
      })
      .from(spent.table)
      .groupBy(spent.column('owner'), spent.column('date'), spent.column('currency'), spent.column('category'))
      .having(spent.hasShownRows),
  );

export default defineView(spendByDay, {
  question: 'On which days is the money spent, and on what?',
  audience: 'reports',
});
