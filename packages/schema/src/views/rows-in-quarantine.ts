import { mysqlView } from 'drizzle-orm/mysql-core';
import { quarantinedRows } from '../bookkeeping/quarantined-rows.ts';
import { uploads } from '../bookkeeping/uploads.ts';
import { byUpload, isJudged, ownerOfUpload } from '../view-expressions.ts';

/**
 * Which rows broke their contract, and what is to be done about each?
 *
 * Of uploads that are published, and of rejected ones the first 1,000 that show what is wrong. A file that could not be
 * read has none: its reason stands in `v_upload_accounting`.
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
        /** Where the row stands in the file: the header is 1. */
        row_no: quarantinedRows.rowNo,
        /** The first column that is wrong; NULL: the whole row is. */
        column_name: quarantinedRows.columnName,
        /** What is wrong: the word that programs read. */
        code: quarantinedRows.code,
        /** The same for people. */
        message: quarantinedRows.message,
        /** The row as it stands in the file, cut where it is very long. */
        raw_text: quarantinedRows.rawText,
      })
      .from(uploads)
      .innerJoin(quarantinedRows, isJudged(quarantinedRows), byUpload),
  );
