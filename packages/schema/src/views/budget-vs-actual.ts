import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { budgets } from '../feeds/budgets.ts';
import { expenses } from '../feeds/expenses.ts';
import { byUpload, isPublished, isShown, monthOf, nothing, ownerOfUpload, totalOf } from '../view-expressions.ts';

/** Was the budget kept? A category that has only a budget, or only expenses, shows too: its other side is 0. */
export const budgetVsActual = mysqlView('v_budget_vs_actual')
  .sqlSecurity('definer')
  .as((query) => {
    const sides = query
      .select({
        owner: ownerOfUpload,
        month: sql<string>`${budgets.month}`.as('month'),
        currency: budgets.currency,
        category: budgets.category,
        budget: totalOf(budgets.amount).as('budget'),
        actual: nothing.as('actual'),
      })
      .from(uploads)
      .innerJoin(budgets, isPublished(budgets), byUpload)
      .where(isShown(budgets))
      .groupBy(uploads.owner, budgets.month, budgets.currency, budgets.category)
      .unionAll(
        query
          .select({
            owner: ownerOfUpload,
            month: monthOf(expenses.date).as('month'),
            currency: expenses.currency,
            category: expenses.category,
            budget: nothing.as('budget'),
            actual: totalOf(expenses.amount).as('actual'),
          })
          .from(uploads)
          .innerJoin(expenses, isPublished(expenses), byUpload)
          .where(isShown(expenses))
          .groupBy(uploads.owner, monthOf(expenses.date), expenses.currency, expenses.category),
      )
      .as('sides');

    return query
      .select({
        owner: sides.owner,
        /** `YYYY-MM`. */
        month: sides.month,
        currency: sides.currency,
        category: sides.category,
        budget: totalOf(sides.budget).as('budget'),
        /** Spent in the month, refunds taken off. */
        actual: totalOf(sides.actual).as('actual'),
        /** `budget - actual`: negative where more was spent than meant. */
        remaining: totalOf(sql`${sides.budget} - ${sides.actual}`).as('remaining'),
      })
      .from(sides)
      .groupBy(sides.owner, sides.month, sides.currency, sides.category);
  });
