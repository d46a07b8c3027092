import { mysqlView } from 'drizzle-orm/mysql-core';
import { defineView } from '../define-view.ts';
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
        /** Money received. */
        amount: totalOf(received.column('amount')).as('amount'),
        /** Number of payments. */
        transactions: countOf(received.column('transactions')).as('transactions'),
      })
      .from(received.table)
      .groupBy(
        received.column('owner'),
        received.column('month'),
        received.column('currency'),
        received.column('source'),
      )
      .having(received.hasShownRows),
  );

export default defineView(incomeBySourceMonth, {
  question: 'Where does the money come from, month by month?',
  audience: 'reports',
});
