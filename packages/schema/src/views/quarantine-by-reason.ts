import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { quarantinedRows } from '../bookkeeping/quarantined-rows.ts';
import { uploads } from '../bookkeeping/uploads.ts';
import { byUpload, isJudged, monthOf, ownerOfUpload, rowCount } from '../view-expressions.ts';

/** What is wrong with people's files, and is it getting better? Over the rows of `v_quarantined_rows`. */
export const quarantineByReason = mysqlView('v_quarantine_by_reason')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        feed: uploads.feed,
        /** The month in which the upload was received, UTC, `YYYY-MM`. */
        month_received: monthOf(uploads.receivedAt).as('month_received'),
        /** What is wrong: the word that programs read. */
        code: quarantinedRows.code,
        quarantined_rows: rowCount.as('quarantined_rows'),
        /** Uploads that have such a row. */
        uploads: sql<number>`count(distinct ${uploads.uploadId})`.as('uploads'),
      })
      .from(uploads)
      .innerJoin(quarantinedRows, isJudged(quarantinedRows), byUpload)
      .groupBy(uploads.owner, uploads.feed, monthOf(uploads.receivedAt), quarantinedRows.code),
  );
