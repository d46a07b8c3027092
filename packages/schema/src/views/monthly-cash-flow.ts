import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { defineView } from '../define-view.ts';
import expensesByCategoryMonth from '../summaries/expenses-by-category-month.ts';
import incomesBySourceMonth from '../summaries/incomes-by-source-month.ts';
import { noAmount, ratio, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

const flows = unionOf('flows', [
  ...totalsOf(incomesBySourceMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    income: amount,
    expense: noAmount,
  })),
  ...totalsOf(expensesByCategoryMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    income: noAmount,
    expense: amount,
  })),
]);

export const monthlyCashFlow = mysqlView('v_monthly_cash_flow')
  .sqlSecurity('definer')
  .as((query) => {
    const income = totalOf(flows.column('income'));
    const net = totalOf(sql`${flows.column('income')} - ${flows.column('expense')}`);
    return query
      .select({
        owner: flows.column('owner').as('owner'),
        /** `YYYY-MM`. */
        month: flows.column('month').as('month'),
        currency: flows.column('currency').as('currency'),
        income: income.as('income'),
        /** Money spent, minus refunds. */
        expense: totalOf(flows.column('expense')).as('expense'),
        /** `income - expense`. */
        net: net.as('net'),
        /**
         * `net / income`: 0.25 means that the owner saved a quarter of the income. NULL unless the income is positive.
         */
        savings_rate: ratio(net, income).as('savings_rate'),
      })
      .from(flows.table)
      .groupBy(flows.column('owner'), flows.column('month'), flows.column('currency'))
      .having(flows.hasShownRows);
  });

export default defineView(monthlyCashFlow, {
  question: 'How much money came in, went out and was left in each month?',
  audience: 'reports',
});
