/**
 * The columns that every feed table shares. A feed's table begins with {@link rowKey} and ends with {@link rowState}.
 *
 * The primary key is `(upload_id, row_no)`, and the table has no other index. So inserts are sequential, concurrent
 * loaders do not block each other, and an upload is deleted by one range delete. An index in random order would double
 * the time of a load.
 */
import { bigint, boolean, int } from 'drizzle-orm/mysql-core';
import { digest } from './columns.ts';

/** The columns that identify where a row comes from. */
export const rowKey = () => ({
  /** The upload that contains the row (`uploads.upload_id`). */
  uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
  /** The row number as a spreadsheet shows it. The header is row 1, and a quoted newline does not count. */
  rowNo: int('row_no', { unsigned: true }).notNull(),
});

/** The columns that the job calculates for a row. */
export const rowState = () => ({
  /**
   * Digest of the row's transaction id, or of its natural key if it has none. Fingerprint and occurrence number
   * together identify a row.
   */
  fingerprint: digest('fingerprint', { length: 16 }).notNull(),
  /** Whether the row is hidden because another published upload of the same owner and feed shows it. */
  shadowed: boolean('shadowed').notNull().default(false),
});

/**
 * The property names of the shared columns. A feed does not describe these columns, because they are not in its CSV.
 */
export type RowColumn = keyof ReturnType<typeof rowKey> | keyof ReturnType<typeof rowState>;

/** The property names of the shared columns, as values. */
export const rowColumns: ReadonlySet<string> = new Set([...Object.keys(rowKey()), ...Object.keys(rowState())]);
