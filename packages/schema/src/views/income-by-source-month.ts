import { mysqlView } from 'drizzle-orm/mysql-core';
import bySourceMonth from '../summaries/incomes-by-source-month.ts';
import { countOf, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

const received = unionOf(
  'received',
  totalsOf(bySourceMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    source: by('source'),
    amount,
  })),
);

/** Where does the money come from? */
export const incomeBySourceMonth = mysqlView('v_income_by_source_month')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: received.column('owner').as('owner'),
        /** `YYYY-MM`. */
        month: received.column('month').as('month'),
        currency: received.column('currency').as('currency'),
        source: received.column('source').as('source'),
        /** Positive where spent; refunds are taken off. */
        amount: totalOf(received.column('amount')).as('amount'),
        /** Payments and refunds alike. */
        transactions: countOf(received.column('transactions')).as('transactions'),
      })
      .from(received.table)
      .groupBy(
        received.column('owner'),
        received.column('month'),
        received.column('currency'),
        received.column('source'),
      )
      .having(received.isShown),
  );
