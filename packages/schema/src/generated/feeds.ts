// Generated from packages/schema/src/feeds/*.ts by `npm run generate`; do not edit.
import budgets from '../feeds/budgets.ts';
import expenses from '../feeds/expenses.ts';
import incomes from '../feeds/incomes.ts';

export * from '../feeds/budgets.ts';
export * from '../feeds/expenses.ts';
export * from '../feeds/incomes.ts';

/** Every feed by its name. */
export const feeds = { budgets, expenses, incomes } as const;

/** A feed's name. */
export type FeedName = keyof typeof feeds;
