import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';

/** What became of every file: each upload in every state, with each of its rows accounted for. */
export const uploadAccounting = mysqlView('v_upload_accounting')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        upload_id: uploads.uploadId,
        owner: uploads.owner,
        /** NULL: the key is of no feed. */
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
        /** `amount_published + amount_duplicate + amount_quarantined`, over all currencies: a check sum, not money. */
        amount_read: uploads.amountRead,
        amount_published: uploads.amountPublished,
        amount_duplicate: uploads.amountDuplicate,
        amount_quarantined: uploads.amountQuarantined,
        /** Why the upload is rejected or failed, and what to do; of another, what its owner may want to know. */
        reason: sql<string | null>`coalesce(${uploads.reason}, ${uploads.notes})`.as('reason'),
        /** UTC. */
        received_at: uploads.receivedAt,
        /** UTC; NULL where the upload has never been published. */
        published_at: uploads.publishedAt,
        /** From `received_at` to `published_at`, in seconds, to the microsecond. */
        seconds_to_visible: sql<
          string | null
        >`timestampdiff(microsecond, ${uploads.receivedAt}, ${uploads.publishedAt}) * 0.000001`.as(
          'seconds_to_visible',
        ),
      })
      .from(uploads),
  );
