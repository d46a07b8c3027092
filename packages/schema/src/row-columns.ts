/**
 * The columns every feed table has beside its own. A feed spreads {@link rowKey} first and {@link rowState} last.
 *
 * The key is `(upload_id, row_no)` and nothing else is indexed: inserts are sequential, concurrent loaders never meet,
 * removing an upload is one range delete, and a random index would double the time of a load.
 */
import { bigint, boolean, int } from 'drizzle-orm/mysql-core';
import { digest } from './columns.ts';

/** Where a row came from. */
export const rowKey = () => ({
  /** The upload (`uploads.upload_id`) whose object holds the row. */
  uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
  /** The row as a spreadsheet shows it: the header is 1, a quoted newline does not count. */
  rowNo: int('row_no', { unsigned: true }).notNull(),
});

/** What the job knows of a row beside its values. */
export const rowState = () => ({
  /** Digest of what identifies the row but for its occurrence number: its transaction id, or else the natural key. */
  fingerprint: digest('fingerprint', { length: 16 }).notNull(),
  /** Another published upload of the same owner and feed shows this row, so this one is hidden. */
  shadowed: boolean('shadowed').notNull().default(false),
});

/** Property names of the shared columns: what a feed may not describe, since no CSV has them. */
export type RowColumn = keyof ReturnType<typeof rowKey> | keyof ReturnType<typeof rowState>;

/** The same names as values. */
export const rowColumns: ReadonlySet<string> = new Set([...Object.keys(rowKey()), ...Object.keys(rowState())]);
