import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';
import { budgets } from '../feeds/budgets.ts';
import expensesByCategoryMonth from '../summaries/expenses-by-category-month.ts';
import { asTotal, isPublished, isShown, noAmount, totalOf } from '../view-expressions.ts';
import { totalsOf, type UnionPart, unionOf } from '../view-totals.ts';

/** The table of budgets has few rows, so the view reads it directly and has no summary. */
const planned: UnionPart = {
  select: sql`select straight_join ${uploads.owner} as \`owner\`, ${budgets.month} as \`month\`, ${budgets.currency} as \`currency\`, ${budgets.category} as \`category\`, ${asTotal(budgets.amount)} as \`budget\`, ${noAmount} as \`actual\`, 1 as \`transactions\` from ${uploads} inner join ${budgets} force index (primary) on ${isPublished(budgets)} where ${isShown(budgets)}`,
  types: {},
};

const sides = unionOf('sides', [
  planned,
  ...totalsOf(expensesByCategoryMonth, ({ by, amount }) => ({
    month: by('month'),
    currency: by('currency'),
    category: by('category'),
    budget: noAmount,
    actual: amount,
  })),
]);

/** A category also has a row if it has only a budget or only expenses. The other amount is then 0. */
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
        /** Money spent in the month, minus refunds. */
        actual: totalOf(sides.column('actual')).as('actual'),
        /** `budget - actual`: negative if the owner spent more than the budget. */
        remaining: totalOf(sql`${sides.column('budget')} - ${sides.column('actual')}`).as('remaining'),
      })
      .from(sides.table)
      .groupBy(sides.column('owner'), sides.column('month'), sides.column('currency'), sides.column('category'))
      .having(sides.hasShownRows),
  );

export default defineView(budgetVsActual, {
  question: 'Did spending stay within the budget of each month and category?',
  audience: 'reports',
});
