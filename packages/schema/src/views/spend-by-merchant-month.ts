import { mysqlView } from 'drizzle-orm/mysql-core';
import { defineView } from '../define-view.ts';
import byMerchantMonth from '../summaries/expenses-by-merchant-month.ts';
import { countOf, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

const spent = unionOf(
  'spent',
  totalsOf(byMerchantMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    category: by('category'),
    merchant: by('merchant'),
    amount,
  })),
);

/** One row for each merchant, month, currency and category. */
export const spendByMerchantMonth = mysqlView('v_spend_by_merchant_month')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: spent.column('owner').as('owner'),
        /** `YYYY-MM`. */
        month: spent.column('month').as('month'),
        currency: spent.column('currency').as('currency'),
        category: spent.column('category').as('category'),
        merchant: spent.column('merchant').as('merchant'),
        /** Money spent, minus refunds. */
        amount: totalOf(spent.column('amount')).as('amount'),
        /** Number of payments and refunds. */
        transactions: countOf(spent.column('transactions')).as('transactions'),
      })
      .from(spent.table)
      .groupBy(
        spent.column('owner'),
        spent.column('month'),
        spent.column('currency'),
        spent.column('category'),
        spent.column('merchant'),
      )
      .having(spent.hasShownRows),
  );

export default defineView(spendByMerchantMonth, {
  question: 'Who is paid, month by month?',
  audience: 'reports',
});
