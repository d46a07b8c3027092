import { sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import { rowsOf } from './rows-of.ts';
import { findView } from './view-named.ts';

/**
 * Reads an owner's currencies, the most used first. Ties are in alphabetical order.
 *
 * Only payments and incomes count as uses. A currency that occurs only in budgets is therefore at the end.
 */
export async function currenciesOf(database: MySql2Database, owner: string): Promise<readonly string[]> {
  const counted = (['v_spend_by_category_month', 'v_income_by_source_month'] as const).map((name) => {
    const { view } = findView(name);
    return sql`select currency, sum(transactions) as uses from ${view} where owner = ${owner} group by currency`;
  });
  const { view: budgets } = findView('v_budget_vs_actual');
  const budgeted = sql`select distinct currency, 0 as uses from ${budgets} where owner = ${owner}`;
  const all = sql.join([...counted, budgeted], sql` union all `);
  const rows = await rowsOf<{ currency: string }>(
    database,
    sql`select currency from (${all}) as used group by currency order by sum(uses) desc, currency`,
  );
  return rows.map(({ currency }) => currency);
}
