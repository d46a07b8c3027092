import { bigint, boolean, datetime, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';

/**
 * The summaries that exist for an upload.
 *
 * A summary is current only while `asOf` equals the upload's `updated_at`. An older release, after a rollback, changes uploads but
 * no summaries. The views then read the upload's rows, until the sweep adds them up again.
 */
export const uploadSummaries = mysqlTable(
  'upload_summaries',
  {
    uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
    /** The summary's table. */
    summary: varchar('summary', { length: 64 }).notNull(),
    /** The upload's `updated_at` when the summary was written. UTC. */
    asOf: datetime('as_of', { mode: 'string', fsp: 6 }).notNull(),
    /** Whether the summary holds the upload's totals. It does not if it would have hardly fewer rows than the upload. */
    usable: boolean('usable').notNull(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.summary] })],
);
