/** Reads the values that an owner can choose in the filters of a dashboard. */
import { sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import { currenciesOf } from './currencies.ts';
import { rowsOf } from './rows-of.ts';
import { findView } from './view-named.ts';

export interface Choices {
  /** The owner's currencies, the most used first. */
  readonly currencies: readonly string[];
  readonly categories: readonly string[];
  readonly accounts: readonly string[];
  /** The first month with rows, as `YYYY-MM`. It is null if the owner has no rows yet. */
  readonly firstMonth: string | null;
  readonly lastMonth: string | null;
}

/**
 * Reads an owner's choices. The categories are those of expenses and budgets, because only these have a category
 * filter.
 */
export async function choices(database: MySql2Database, owner: string): Promise<Choices> {
  const { view: budgets } = findView('v_budget_vs_actual');
  const { view: flows } = findView('v_monthly_cash_flow');
  const { view: balances } = findView('v_account_balance');
  const months = sql`select month from ${flows} where owner = ${owner} union select month from ${budgets} where owner = ${owner}`;
  const [currencies, categories, accounts, periods] = await Promise.all([
    currenciesOf(database, owner),
    rowsOf<{ name: string }>(
      database,
      sql`select distinct category as name from ${budgets} where owner = ${owner} order by name`,
    ),
    rowsOf<{ name: string }>(
      database,
      sql`select distinct account as name from ${balances} where owner = ${owner} order by name`,
    ),
    rowsOf<{ first: string | null; last: string | null }>(
      database,
      sql`select min(month) as first, max(month) as last from (${months}) as months`,
    ),
  ]);
  return {
    currencies,
    categories: categories.map(({ name }) => name),
    accounts: accounts.map(({ name }) => name),
    firstMonth: periods[0]?.first ?? null,
    lastMonth: periods[0]?.last ?? null,
  };
}
