/**
 * The columns that every feed table has in addition. A feed spreads {@link rowKey} first and {@link rowState} last.
 *
 * The key is `(upload_id, row_no)`, and there is no other index. So inserts are sequential, concurrent loaders do not block each
 * other, and deleting an upload is one range delete. An index in random order would double the time of a load.
 */
import { bigint, boolean, int } from 'drizzle-orm/mysql-core';
import { digest } from './columns.ts';

/** Where a row comes from. */
export const rowKey = () => ({
  /** The upload (`uploads.upload_id`) whose object holds the row. */
  uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
  /** The row as a spreadsheet shows it: the header is 1, a quoted newline does not count. */
  rowNo: int('row_no', { unsigned: true }).notNull(),
});

/** What the job knows about a row beside its values. */
export const rowState = () => ({
  /** Digest of the row's transaction id, or else of its natural key. Together with the occurrence number it identifies the row. */
  fingerprint: digest('fingerprint', { length: 16 }).notNull(),
  /** Whether the row is hidden because another published upload of the same owner and feed shows it. */
  shadowed: boolean('shadowed').notNull().default(false),
});

/** Property names of the shared columns. A feed may not describe them, because no CSV has them. */
export type RowColumn = keyof ReturnType<typeof rowKey> | keyof ReturnType<typeof rowState>;

/** The same names as values. */
export const rowColumns: ReadonlySet<string> = new Set([...Object.keys(rowKey()), ...Object.keys(rowState())]);
