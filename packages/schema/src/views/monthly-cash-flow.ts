import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import expensesByCategoryMonth from '../summaries/expenses-by-category-month.ts';
import incomesBySourceMonth from '../summaries/incomes-by-source-month.ts';
import { nothing, ratio, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

const flows = unionOf('flows', [
  ...totalsOf(incomesBySourceMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    income: amount,
    expense: nothing,
  })),
  ...totalsOf(expensesByCategoryMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    income: nothing,
    expense: amount,
  })),
]);

/** What came in, what went out and what was left, month by month and currency by currency. */
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
        /** Positive where spent; refunds are taken off. */
        expense: totalOf(flows.column('expense')).as('expense'),
        /** `income - expense`. */
        net: net.as('net'),
        /** `net / income`: 0.25 is a quarter saved. NULL unless something came in. */
        savings_rate: sql<string | null>`case when ${income} > 0 then ${ratio(net, income)} end`.as('savings_rate'),
      })
      .from(flows.table)
      .groupBy(flows.column('owner'), flows.column('month'), flows.column('currency'))
      .having(flows.isShown);
  });
