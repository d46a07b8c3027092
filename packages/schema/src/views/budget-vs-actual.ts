import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { budgets } from '../feeds/budgets.ts';
import expensesByCategoryMonth from '../summaries/expenses-by-category-month.ts';
import { asTotal, isPublished, isShown, nothing, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

/** Budgets are few, and read as they are. */
const planned = sql`select straight_join ${uploads.owner} as \`owner\`, ${budgets.month} as \`month\`, ${budgets.currency} as \`currency\`, ${budgets.category} as \`category\`, ${asTotal(budgets.amount)} as \`budget\`, ${nothing} as \`actual\`, 1 as \`transactions\` from ${uploads} inner join ${budgets} force index (primary) on ${isPublished(budgets)} where ${isShown(budgets)}`;

const sides = unionOf('sides', [
  planned,
  ...totalsOf(expensesByCategoryMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    category: by('category'),
    budget: nothing,
    actual: amount,
  })),
]);

/** Was the budget kept? A category that has only a budget, or only expenses, shows too: its other side is 0. */
export const budgetVsActual = mysqlView('v_budget_vs_actual')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: sides.column('owner').as('owner'),
        /** `YYYY-MM`. */
        month: sides.column('month').as('month'),
        currency: sides.column('currency').as('currency'),
        category: sides.column('category').as('category'),
        budget: totalOf(sides.column('budget')).as('budget'),
        /** Spent in the month, refunds taken off. */
        actual: totalOf(sides.column('actual')).as('actual'),
        /** `budget - actual`: negative where more was spent than meant. */
        remaining: totalOf(sql`${sides.column('budget')} - ${sides.column('actual')}`).as('remaining'),
      })
      .from(sides.table)
      .groupBy(sides.column('owner'), sides.column('month'), sides.column('currency'), sides.column('category'))
      .having(sides.isShown),
  );
