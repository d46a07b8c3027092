/** Compares the report views of two databases on one server: a loaded database and one that is rebuilt from the bucket. */
import { getViewConfig } from 'drizzle-orm/mysql-core';
import { escapeId } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { views } from './generated/views.ts';
import { rowsOf } from './session.ts';

/** What a comparison of one view found. */
export interface ViewComparison {
  readonly view: string;
  readonly rows: number;
  /** Rows that one side has more often, the first few: `surplus` is positive where the running database has it. */
  readonly differences: readonly Readonly<Record<string, unknown>>[];
}

/** Numbers and times that belong to one history of loading, not to the bucket. */
const HISTORY = new Set([
  ...['upload_id', 'job_run_id', 'received_at', 'loading_at', 'loaded_at', 'published_at', 'updated_at'],
  'seconds_to_visible',
]);
const DIFFERENCES_SHOWN = 10;

/**
 * The views that the bucket decides. Reasons are counted over rejected uploads too, also those that a later version has
 * made forgotten, and by the month in which their events came.
 */
export const comparedViews: readonly string[] = views
  .map((view) => getViewConfig(view).name)
  .filter((view) => view !== 'v_quarantine_by_reason')
  .sort();

/** The name of the database that is rebuilt beside another one. */
export function rebuiltName(database: string): string {
  return `${database}_rebuild`;
}

/**
 * Compares a view of two databases as multisets of rows, inside the server.
 *
 * An upload's number is another one in each database: its object key and version stand for it. Of the uploads, only the
 * published ones are a matter of the bucket alone.
 */
export async function compareView(
  administrator: Connection,
  view: string,
  live: string,
  rebuilt: string,
): Promise<ViewComparison> {
  const columns = await rowsOf<{ Field: string; Type: string }>(administrator, 'SHOW COLUMNS FROM ??.??', [live, view]);
  const compared = columns.filter(({ Field }) => !HISTORY.has(Field));
  const ofUpload = columns.some(({ Field }) => Field === 'upload_id');
  if (ofUpload) compared.unshift({ Field: 'of_key', Type: 'text' }, { Field: 'of_version', Type: 'text' });
  // Byte by byte: the views' collation would take some different texts for equal.
  const exact = compared.map(({ Field, Type }) => {
    const column = escapeId(Field);
    const text = Type.startsWith('binary') ? `hex(${column})` : column;
    return `CAST(${text} AS CHAR) COLLATE utf8mb4_0900_bin AS ${column}`;
  });
  const sideOf = (database: string, side: number) =>
    `SELECT ${exact.join(', ')}, ${side} AS side FROM ${escapeId(database)}.${escapeId(view)}` +
    (ofUpload
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
