import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';
import { typed } from '../expression-types.ts';

/** One row for each upload, in every state. The counts of an upload add up to all rows of its file. */
export const uploadAccounting = mysqlView('v_upload_accounting')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        upload_id: uploads.uploadId,
        owner: uploads.owner,
        /** NULL if the object key is not in a feed's folder. */
        feed: uploads.feed,
        object_key: uploads.objectKey,
        version_id: uploads.versionId,
        state: uploads.state,
        /** `rows_published + rows_duplicate + rows_quarantined`. */
        rows_read: uploads.rowsRead,
        rows_published: uploads.rowsPublished,
        /** Good rows that are hidden, because another published upload shows them. */
        rows_duplicate: uploads.rowsDuplicate,
        rows_quarantined: uploads.rowsQuarantined,
        /** `amount_published + amount_duplicate + amount_quarantined`, over all currencies: a checksum, not money. */
        amount_read: uploads.amountRead,
        amount_published: uploads.amountPublished,
        amount_duplicate: uploads.amountDuplicate,
        amount_quarantined: uploads.amountQuarantined,
        /** For a rejected or failed upload, the reason and what to do. For other uploads, notes for the owner. */
        reason: typed(sql<string | null>`coalesce(${uploads.reason}, ${uploads.notes})`, 'text').as('reason'),
        /** UTC. */
        received_at: uploads.receivedAt,
        /** Time of publication in UTC. NULL if the upload has never been published. */
        published_at: uploads.publishedAt,
        /** Seconds from `received_at` to `published_at`, with microseconds. */
        seconds_to_visible: typed(
          sql<string | null>`timestampdiff(microsecond, ${uploads.receivedAt}, ${uploads.publishedAt}) * 0.000001`,
          'decimal(27,6)',
        ).as('seconds_to_visible'),
      })
      .from(uploads),
  );

export default defineView(uploadAccounting, {
  question: 'What happened to every uploaded file and to each of its rows?',
  audience: 'reports',
});
