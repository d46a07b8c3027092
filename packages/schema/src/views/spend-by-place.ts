import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { defineView } from '../define-view.ts';
import { typed } from '../expression-types.ts';
import byPlaceMonth from '../summaries/expenses-by-place-month.ts';
import { countOf, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

const spent = unionOf(
  'spent',
  totalsOf(byPlaceMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    // The summary stores '' instead of NULL. No feed row contains ''.
    country: typed(sql`nullif(${by('country')}, '')`, 'varchar(2)'),
    city: typed(sql`nullif(${by('city')}, '')`, 'varchar(64)'),
    amount,
  })),
);

export const spendByPlace = mysqlView('v_spend_by_place')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: spent.column('owner').as('owner'),
        /** `YYYY-MM`. */
        month: spent.column('month').as('month'),
        currency: spent.column('currency').as('currency'),
        /** ISO 3166-1 alpha-2. NULL if the file has no country. */
        country: spent.column<string | null>('country').as('country'),
        /** NULL if the file has no city. */
        city: spent.column<string | null>('city').as('city'),
        /** Money spent, minus refunds. */
        amount: totalOf(spent.column('amount')).as('amount'),
        /** Number of payments and refunds. */
        transactions: countOf(spent.column('transactions')).as('transactions'),
      })
      .from(spent.table)
      .groupBy(...['owner', 'month', 'currency', 'country', 'city'].map((column) => spent.column(column)))
      .having(spent.hasShownRows),
  );

export default defineView(spendByPlace, {
  question: 'Where is the money spent, month by month?',
  audience: 'reports',
});
