// Generated from packages/schema/src/views/*.ts by `pnpm generate`; do not edit.
import { accountBalance } from '../views/account-balance.ts';
import { budgetVsActual } from '../views/budget-vs-actual.ts';
import { incomeBySourceMonth } from '../views/income-by-source-month.ts';
import { monthlyCashFlow } from '../views/monthly-cash-flow.ts';
import { spendByCategoryMonth } from '../views/spend-by-category-month.ts';
import { spendByPlace } from '../views/spend-by-place.ts';
import { transactions } from '../views/transactions.ts';
import { uploadAccounting } from '../views/upload-accounting.ts';

export * from '../views/account-balance.ts';
export * from '../views/budget-vs-actual.ts';
export * from '../views/income-by-source-month.ts';
export * from '../views/monthly-cash-flow.ts';
export * from '../views/spend-by-category-month.ts';
export * from '../views/spend-by-place.ts';
export * from '../views/transactions.ts';
export * from '../views/upload-accounting.ts';

/** Every report view. */
export const views = [
  accountBalance,
  budgetVsActual,
  incomeBySourceMonth,
  monthlyCashFlow,
  spendByCategoryMonth,
  spendByPlace,
  transactions,
  uploadAccounting,
] as const;
