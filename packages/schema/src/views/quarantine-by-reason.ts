import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { quarantinedRows } from '../bookkeeping/quarantined-rows.ts';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';
import { typed } from '../expression-types.ts';
import { byUpload, isJudged, monthOf, ownerOfUpload, rowCount } from '../view-expressions.ts';

/** Counts the quarantined rows of the view `v_quarantined_rows` by reason. */
export const quarantineByReason = mysqlView('v_quarantine_by_reason')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        feed: uploads.feed,
        /** The month in which the upload was received, as `YYYY-MM` in UTC. */
        month_received: monthOf(uploads.receivedAt).as('month_received'),
        /** What is wrong, as a code for programs. */
        code: quarantinedRows.code,
        quarantined_rows: rowCount.as('quarantined_rows'),
        /** Number of uploads that have at least one such row. */
        uploads: typed(sql<number>`count(distinct ${uploads.uploadId})`, 'bigint').as('uploads'),
      })
      .from(uploads)
      .innerJoin(quarantinedRows, isJudged(quarantinedRows), byUpload)
      .groupBy(uploads.owner, uploads.feed, monthOf(uploads.receivedAt), quarantinedRows.code),
  );

export default defineView(quarantineByReason, {
  question: 'Which problems do the uploaded files have, and do they become fewer?',
  audience: 'reports',
});
