/** Reads a visual's answer from the database. */
import type { MySql2Database } from 'drizzle-orm/mysql2';
import type { Filters, Visual, VisualData } from '../model.ts';
import { columnsOf, isInOneCurrency } from '../parts.ts';
import { currenciesOf } from './currencies.ts';
import { daysOf } from './narrow.ts';
import { newestPayments } from './newest-payments.ts';
import { rowsOf } from './rows-of.ts';
import { visualQuery } from './visual-query.ts';

type AnswerRow = Record<string, string | number | null>;

/**
 * Runs a visual's query and returns the data that a chart draws.
 *
 * Amounts are never summed over currencies. If the reader chose no currency, a visual that shows money uses the owner's
 * most used currency. The answer names the currency.
 *
 * @param database a connection as the user `reporter`
 * @param owner the signed-in owner, which must not come from the request
 * @param mostUsed returns the owner's currencies, the most used first. Pass it if the currencies are already known
 * @throws {FilterError} if the filters do not apply to the visual.
 */
export async function runVisual(
  database: MySql2Database,
  visual: Visual,
  owner: string,
  filters: Filters,
  mostUsed: () => Promise<readonly string[]> = () => currenciesOf(database, owner),
): Promise<VisualData> {
  const columns = columnsOf(visual);
  const currency = isInOneCurrency(visual) ? (filters.currency ?? (await mostUsed())[0] ?? null) : null;
  if (isInOneCurrency(visual) && currency === null) return { columns, rows: [], currency, truncated: false };

  const narrowing = currency === null ? filters : { ...filters, currency };
  const { query, limit, reversed } = visualQuery(visual, owner, narrowing);
  const found = isListOfPayments(visual)
    ? await newestPayments(database, owner, daysOf(visual, filters), limit + 1, (reader, condition) =>
        rowsOf<AnswerRow>(reader, visualQuery(visual, owner, narrowing, condition).query),
      )
    : await rowsOf<AnswerRow>(database, query);
  const kept = found.slice(0, limit);
  if (reversed) kept.reverse();
  return {
    columns,
    rows: kept.map((row) => columns.map(({ name }) => row[name] ?? null)),
    currency,
    truncated: found.length > limit,
  };
}

function isListOfPayments({ kind, view }: Visual): boolean {
  return kind === 'list' && view === 'v_transactions';
}
