import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { quarantinedRows } from '../bookkeeping/quarantined-rows.ts';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';
import { typed } from '../expression-types.ts';
import { byUpload, isJudged, monthOf, ownerOfUpload, rowCount } from '../view-expressions.ts';

/** Counts the rows of `v_quarantined_rows`. */
export const quarantineByReason = mysqlView('v_quarantine_by_reason')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        feed: uploads.feed,
        /** The month in which the upload was received, UTC, `YYYY-MM`. */
        month_received: monthOf(uploads.receivedAt).as('month_received'),
        /** What is wrong, as a code for programs. */
        code: quarantinedRows.code,
        quarantined_rows: rowCount.as('quarantined_rows'),
        /** Uploads with such a row. */
        uploads: typed(sql<number>`count(distinct ${uploads.uploadId})`, 'bigint').as('uploads'),
      })
      .from(uploads)
      .innerJoin(quarantinedRows, isJudged(quarantinedRows), byUpload)
      .groupBy(uploads.owner, uploads.feed, monthOf(uploads.receivedAt), quarantinedRows.code),
  );

export default defineView(quarantineByReason, {
  question: 'What is wrong with the uploaded files, and does it get better?',
  audience: 'reports',
});
