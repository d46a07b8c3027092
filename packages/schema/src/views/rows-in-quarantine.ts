import { mysqlView } from 'drizzle-orm/mysql-core';
import { quarantinedRows } from '../bookkeeping/quarantined-rows.ts';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';
import { byUpload, isJudged, ownerOfUpload } from '../view-expressions.ts';

/**
 * All quarantined rows of published uploads, and the first 1,000 of rejected ones.
 *
 * A file that cannot be read has no rows here. `v_upload_accounting` has the reason.
 */
export const rowsInQuarantine = mysqlView('v_quarantined_rows')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        feed: uploads.feed,
        upload_id: uploads.uploadId,
        object_key: uploads.objectKey,
        /** The row's number in the file: the header is 1. */
        row_no: quarantinedRows.rowNo,
        /** The first column that is wrong. NULL if the whole row is wrong. */
        column_name: quarantinedRows.columnName,
        /** What is wrong, as a code for programs. */
        code: quarantinedRows.code,
        /** What is wrong and what to do, for people. */
        message: quarantinedRows.message,
        /** The row's text in the file. The job cuts very long rows. */
        raw_text: quarantinedRows.rawText,
      })
      .from(uploads)
      .innerJoin(quarantinedRows, isJudged(quarantinedRows), byUpload),
  );

export default defineView(rowsInQuarantine, {
  question: 'Which rows broke their contract, and how can each be fixed?',
  audience: 'programs',
});
