/** A visual's answer from the database. */
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
 * Asks a visual's query and gives what a chart draws.
 *
 * Amounts never add up over currencies: without a chosen one a visual of money is in the owner's most used currency, and
 * the answer says which.
 *
 * @param database connected as `reporter`
 * @param owner who is signed in; never what a request says
 * @param mostUsed the owner's currencies, the most used first, for a caller who knows them already
 * @throws {FilterError} the filters cannot be applied.
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
