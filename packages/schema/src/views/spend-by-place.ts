import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import byPlaceMonth from '../summaries/expenses-by-place-month.ts';
import { countOf, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

const spent = unionOf(
  'spent',
  totalsOf(byPlaceMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    // '' stands for no value in the summary, and in no feed's row.
    country: sql`nullif(${by('country')}, '')`,
    city: sql`nullif(${by('city')}, '')`,
    amount,
  })),
);

/** Where is the money spent? */
export const spendByPlace = mysqlView('v_spend_by_place')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: spent.column('owner').as('owner'),
        /** `YYYY-MM`. */
        month: spent.column('month').as('month'),
        currency: spent.column('currency').as('currency'),
        /** ISO 3166-1 alpha-2; NULL where the file does not say. */
        country: spent.column<string | null>('country').as('country'),
        /** NULL where the file does not say. */
        city: spent.column<string | null>('city').as('city'),
        /** Positive where spent; refunds are taken off. */
        amount: totalOf(spent.column('amount')).as('amount'),
        /** Payments and refunds alike. */
        transactions: countOf(spent.column('transactions')).as('transactions'),
      })
      .from(spent.table)
      .groupBy(...['owner', 'month', 'currency', 'country', 'city'].map((column) => spent.column(column)))
      .having(spent.isShown),
  );
