/**
 * Compares the report views of two databases on one server: the live database, and a database that was rebuilt from the
 * bucket.
 */
import { getViewConfig } from 'drizzle-orm/mysql-core';
import { escapeId } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { views } from './generated/views.ts';
import { rowsOf } from './session.ts';

/** The result of comparing one view. */
export interface ViewComparison {
  readonly view: string;
  readonly rows: number;
  /**
   * The first few rows that occur more often in one of the databases. `surplus` is positive if the live database has
   * more.
   */
  readonly differences: readonly Readonly<Record<string, unknown>>[];
}

/** Columns that depend on when and how often a database was loaded, and not on the bucket alone. */
const HISTORY = new Set([
  ...['upload_id', 'job_run_id', 'received_at', 'loading_at', 'loaded_at', 'published_at', 'updated_at'],
  'seconds_to_visible',
]);
const DIFFERENCES_SHOWN = 10;

/**
 * The views that depend on the bucket alone. `v_quarantine_by_reason` does not depend on the bucket alone. It also
 * counts rejected uploads that a later version has replaced, and counts by the month in which the events arrived.
 */
export const comparedViews: readonly string[] = views
  .map((view) => getViewConfig(view).name)
  .filter((view) => view !== 'v_quarantine_by_reason')
  .sort();

/** Returns the name of the rebuilt database to compare with a database. */
export function rebuiltName(database: string): string {
  return `${database}_rebuild`;
}

/**
 * Compares a view of two databases as multisets of rows, inside the server.
 *
 * The same upload has different ids in the two databases, so the comparison uses its object key and version instead.
 * Only published uploads are compared, because other uploads do not depend on the bucket alone.
 */
export async function compareView(
  administrator: Connection,
  view: string,
  live: string,
  rebuilt: string,
): Promise<ViewComparison> {
  const columns = await rowsOf<{ Field: string; Type: string }>(administrator, 'SHOW COLUMNS FROM ??.??', [live, view]);
  const compared = columns.filter(({ Field }) => !HISTORY.has(Field));
  const hasUpload = columns.some(({ Field }) => Field === 'upload_id');
  if (hasUpload) compared.unshift({ Field: 'of_key', Type: 'text' }, { Field: 'of_version', Type: 'text' });
  // Compares byte by byte, because the collation of the views treats some different texts as equal.
  const exact = compared.map(({ Field, Type }) => {
    const column = escapeId(Field);
    const text = Type.startsWith('binary') ? `hex(${column})` : column;
    return `CAST(${text} AS CHAR) COLLATE utf8mb4_0900_bin AS ${column}`;
  });
  const sideOf = (database: string, side: number) =>
    `SELECT ${exact.join(', ')}, ${side} AS side FROM ${escapeId(database)}.${escapeId(view)}` +
    (hasUpload
      ? ' JOIN (SELECT upload_id, object_key AS of_key, version_id AS of_version' +
        ` FROM ${escapeId(database)}.v_upload_accounting WHERE state = 'published') AS published USING (upload_id)`
      : '');
  const keys = compared.map(({ Field }) => escapeId(Field)).join(', ');
  const differences = await rowsOf<Record<string, unknown>>(
    administrator,
    `SELECT sum(side) AS surplus, ${keys} FROM (${sideOf(live, 1)} UNION ALL ${sideOf(rebuilt, -1)}) AS sides
     GROUP BY ${keys} HAVING sum(side) <> 0 LIMIT ${DIFFERENCES_SHOWN}`,
  );
  const [count] = await rowsOf<{ total: number }>(administrator, 'SELECT count(*) AS total FROM ??.??', [live, view]);
  return { view, rows: count?.total ?? 0, differences };
}
