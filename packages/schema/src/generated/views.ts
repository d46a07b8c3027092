// Generated from packages/schema/src/views/*.ts by `npm run generate`; do not edit.
import { accountBalance } from '../views/account-balance.ts';
import { budgetVsActual } from '../views/budget-vs-actual.ts';
import { incomeBySourceMonth } from '../views/income-by-source-month.ts';
import { monthlyCashFlow } from '../views/monthly-cash-flow.ts';
import { quarantineByReason } from '../views/quarantine-by-reason.ts';
import { rowIdentities } from '../views/row-identities.ts';
import { rowsInQuarantine } from '../views/rows-in-quarantine.ts';
import { spendByCategoryMonth } from '../views/spend-by-category-month.ts';
import { spendByDay } from '../views/spend-by-day.ts';
import { spendByMerchantMonth } from '../views/spend-by-merchant-month.ts';
import { spendByPlace } from '../views/spend-by-place.ts';
import { transactions } from '../views/transactions.ts';
import { uploadAccounting } from '../views/upload-accounting.ts';
import { uploadProgress } from '../views/upload-progress.ts';

export * from '../views/account-balance.ts';
export * from '../views/budget-vs-actual.ts';
export * from '../views/income-by-source-month.ts';
export * from '../views/monthly-cash-flow.ts';
export * from '../views/quarantine-by-reason.ts';
export * from '../views/row-identities.ts';
export * from '../views/rows-in-quarantine.ts';
export * from '../views/spend-by-category-month.ts';
export * from '../views/spend-by-day.ts';
export * from '../views/spend-by-merchant-month.ts';
export * from '../views/spend-by-place.ts';
export * from '../views/transactions.ts';
export * from '../views/upload-accounting.ts';
export * from '../views/upload-progress.ts';

/** Every report view. */
export const views = [
  accountBalance,
  budgetVsActual,
  incomeBySourceMonth,
  monthlyCashFlow,
  quarantineByReason,
  rowIdentities,
  rowsInQuarantine,
  spendByCategoryMonth,
  spendByDay,
  spendByMerchantMonth,
  spendByPlace,
  transactions,
  uploadAccounting,
  uploadProgress,
] as const;

/** The views that dashboards may show: their `audience` is 'reports'. */
export const reportViews = [
  accountBalance,
  budgetVsActual,
  incomeBySourceMonth,
  monthlyCashFlow,
  quarantineByReason,
  spendByCategoryMonth,
  spendByDay,
  spendByMerchantMonth,
  spendByPlace,
  transactions,
  uploadAccounting,
] as const;
