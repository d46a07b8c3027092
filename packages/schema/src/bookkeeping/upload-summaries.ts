import { bigint, boolean, datetime, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';

/**
 * The summaries that exist for an upload.
 *
 * A summary is current only while `asOf` equals the upload's `updated_at`. After a rollback, an older release changes
 * uploads but no summaries. The views then read the rows of these uploads until the sweep updates the summaries.
 */
export const uploadSummaries = mysqlTable(
  'upload_summaries',
  {
    uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
    /** The name of the summary's table. */
    summary: varchar('summary', { length: 64 }).notNull(),
    /** The upload's `updated_at` when the summary was written. UTC. */
    asOf: datetime('as_of', { mode: 'string', fsp: 6 }).notNull(),
    /**
     * Whether the summary contains the upload's totals. False if the summary would have nearly as many rows as the
     * upload.
     */
    usable: boolean('usable').notNull(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.summary] })],
);
