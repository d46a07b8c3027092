// Generated from packages/schema/src/summaries/*.ts by `npm run generate`; do not edit.
import expensesByAccountDay from '../summaries/expenses-by-account-day.ts';
import expensesByCategoryDay from '../summaries/expenses-by-category-day.ts';
import expensesByCategoryMonth from '../summaries/expenses-by-category-month.ts';
import expensesByMerchantMonth from '../summaries/expenses-by-merchant-month.ts';
import expensesByPlaceMonth from '../summaries/expenses-by-place-month.ts';
import incomesByAccountDay from '../summaries/incomes-by-account-day.ts';
import incomesBySourceMonth from '../summaries/incomes-by-source-month.ts';

export * from '../summaries/expenses-by-account-day.ts';
export * from '../summaries/expenses-by-category-day.ts';
export * from '../summaries/expenses-by-category-month.ts';
export * from '../summaries/expenses-by-merchant-month.ts';
export * from '../summaries/expenses-by-place-month.ts';
export * from '../summaries/incomes-by-account-day.ts';
export * from '../summaries/incomes-by-source-month.ts';

/** Every summary. */
export const summaries = [
  expensesByAccountDay,
  expensesByCategoryDay,
  expensesByCategoryMonth,
  expensesByMerchantMonth,
  expensesByPlaceMonth,
  incomesByAccountDay,
  incomesBySourceMonth,
] as const;
