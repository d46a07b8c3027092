import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { expenses } from '../feeds/expenses.ts';
import { incomes } from '../feeds/incomes.ts';
import {
  byUpload,
  isPublished,
  isShown,
  monthOf,
  nothing,
  ownerOfUpload,
  ratio,
  totalOf,
} from '../view-expressions.ts';

/** What came in, what went out and what was left, month by month and currency by currency. */
export const monthlyCashFlow = mysqlView('v_monthly_cash_flow')
  .sqlSecurity('definer')
  .as((query) => {
    // Each side is summed before they meet: the union then holds months, not every payment.
    const flows = query
      .select({
        owner: ownerOfUpload,
        month: monthOf(incomes.date).as('month'),
        currency: incomes.currency,
        income: totalOf(incomes.amount).as('income'),
        expense: nothing.as('expense'),
      })
      .from(uploads)
      .innerJoin(incomes, isPublished(incomes), byUpload)
      .where(isShown(incomes))
      .groupBy(uploads.owner, monthOf(incomes.date), incomes.currency)
      .unionAll(
        query
          .select({
            owner: ownerOfUpload,
            month: monthOf(expenses.date).as('month'),
            currency: expenses.currency,
            income: nothing.as('income'),
            expense: totalOf(expenses.amount).as('expense'),
          })
          .from(uploads)
          .innerJoin(expenses, isPublished(expenses), byUpload)
          .where(isShown(expenses))
          .groupBy(uploads.owner, monthOf(expenses.date), expenses.currency),
      )
      .as('flows');

    const income = totalOf(flows.income);
    const net = totalOf(sql`${flows.income} - ${flows.expense}`);
    return query
      .select({
        owner: flows.owner,
        /** `YYYY-MM`. */
        month: flows.month,
        currency: flows.currency,
        income: income.as('income'),
        /** Positive where spent; refunds are taken off. */
        expense: totalOf(flows.expense).as('expense'),
        /** `income - expense`. */
        net: net.as('net'),
        /** `net / income`: 0.25 is a quarter saved. NULL unless something came in. */
        savings_rate: sql<string | null>`case when ${income} > 0 then ${ratio(net, income)} end`.as('savings_rate'),
      })
      .from(flows)
      .groupBy(flows.owner, flows.month, flows.currency);
  });
