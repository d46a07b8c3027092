/** Which views QuickSight is offered, and what it is told of their columns. */
import type { ViewName } from '../model.ts';

/**
 * The views that dashboards read, and no others: not those for programs, and not the raw text of quarantined rows.
 * A view is also the identifier of its data set within a dashboard.
 */
const offered: Readonly<Record<ViewName, true>> = {
  v_account_balance: true,
  v_budget_vs_actual: true,
  v_income_by_source_month: true,
  v_monthly_cash_flow: true,
  v_quarantine_by_reason: true,
  v_spend_by_category_month: true,
  v_spend_by_day: true,
  v_spend_by_merchant_month: true,
  v_spend_by_place: true,
  v_transactions: true,
  v_upload_accounting: true,
};
export const offeredViews = Object.keys(offered) as readonly ViewName[];

/** What QuickSight calls a column that it can put on a map. */
export const geographicRoles: Readonly<Record<string, 'COUNTRY' | 'CITY'>> = { country: 'COUNTRY', city: 'CITY' };
