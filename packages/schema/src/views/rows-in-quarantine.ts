import { mysqlView } from 'drizzle-orm/mysql-core';
import { quarantinedRows } from '../bookkeeping/quarantined-rows.ts';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';
import { byUpload, isJudged, ownerOfUpload } from '../view-expressions.ts';

/**
 * All quarantined rows of published uploads, and the first 1,000 quarantined rows of each rejected upload. An
 * unreadable file has no rows in this view. For such a file, the view `v_upload_accounting` gives the reason.
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
        /** The row number in the file. The header is row 1. */
        row_no: quarantinedRows.rowNo,
        /** The first column with a problem. NULL if the whole row is wrong. */
        column_name: quarantinedRows.columnName,
        /** What is wrong, as a code for programs. */
        code: quarantinedRows.code,
        /** What is wrong and what to do, for people. */
        message: quarantinedRows.message,
        /** The text of the row in the file. The job truncates very long rows. */
        raw_text: quarantinedRows.rawText,
      })
      .from(uploads)
      .innerJoin(quarantinedRows, isJudged(quarantinedRows), byUpload),
  );

export default defineView(rowsInQuarantine, {
  question: 'Which rows broke their contract, and how can each be fixed?',
  audience: 'programs',
});
