import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';
import { typed } from '../expression-types.ts';

/** One row for each upload, in every state. Every row of the file is accounted for. */
export const uploadAccounting = mysqlView('v_upload_accounting')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        upload_id: uploads.uploadId,
        owner: uploads.owner,
        /** NULL if the object key belongs to no feed. */
        feed: uploads.feed,
        object_key: uploads.objectKey,
        version_id: uploads.versionId,
        state: uploads.state,
        /** `rows_published + rows_duplicate + rows_quarantined`. */
        rows_read: uploads.rowsRead,
        rows_published: uploads.rowsPublished,
        /** Good rows that another published upload shows. */
        rows_duplicate: uploads.rowsDuplicate,
        rows_quarantined: uploads.rowsQuarantined,
        /** `amount_published + amount_duplicate + amount_quarantined`, over all currencies: a checksum, not money. */
        amount_read: uploads.amountRead,
        amount_published: uploads.amountPublished,
        amount_duplicate: uploads.amountDuplicate,
        amount_quarantined: uploads.amountQuarantined,
        /** Why the upload is rejected or failed, and what to do. For other states, notes for the owner. */
        reason: typed(sql<string | null>`coalesce(${uploads.reason}, ${uploads.notes})`, 'text').as('reason'),
        /** UTC. */
        received_at: uploads.receivedAt,
        /** UTC. NULL if the upload has never been published. */
        published_at: uploads.publishedAt,
        /** Seconds from `received_at` to `published_at`, to the microsecond. */
        seconds_to_visible: typed(
          sql<string | null>`timestampdiff(microsecond, ${uploads.receivedAt}, ${uploads.publishedAt}) * 0.000001`,
          'decimal(27,6)',
        ).as('seconds_to_visible'),
      })
      .from(uploads),
  );

export default defineView(uploadAccounting, {
  question: 'What became of every uploaded file and of each of its rows?',
  audience: 'reports',
});
