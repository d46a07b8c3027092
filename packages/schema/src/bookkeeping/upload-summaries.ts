import { bigint, boolean, datetime, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';

/**
 * Which summaries stand for an upload's rows.
 *
 * A summary stands only while `asOf` is the upload's `updated_at`: whoever changes an upload and knows of no summaries (an older
 * release, after a rollback) thereby makes the views read its rows, until the sweep adds them up again.
 */
export const uploadSummaries = mysqlTable(
  'upload_summaries',
  {
    uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
    /** The summary's table. */
    summary: varchar('summary', { length: 64 }).notNull(),
    /** The upload's `updated_at` that the summary was made for. UTC. */
    asOf: datetime('as_of', { mode: 'string', fsp: 6 }).notNull(),
    /** The summary has the upload's rows; not so where it would hardly have fewer rows than the upload. */
    usable: boolean('usable').notNull(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.summary] })],
);
