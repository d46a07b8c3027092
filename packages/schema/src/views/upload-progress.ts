import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';

/** How far is each upload on its way, and when did it get there? Times are UTC; NULL where it has not got there. */
export const uploadProgress = mysqlView('v_upload_progress')
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
        /** Why the upload is rejected or failed: the word that programs read. */
        reason_code: uploads.reasonCode,
        /** The Glue job run that last loaded the upload, or tried to. */
        job_run_id: uploads.jobRunId,
        /** As stored: compressed, where the object is. */
        size_bytes: uploads.sizeBytes,
        /** S3's LastModified. */
        last_modified: uploads.lastModified,
        /** First and last day of the good rows; a month counts as its first day. */
        first_date: uploads.firstDate,
        last_date: uploads.lastDate,
        received_at: uploads.receivedAt,
        /** The job began to load it. */
        loading_at: uploads.loadingAt,
        /** All of its rows are stored, and not visible yet. */
        loaded_at: uploads.loadedAt,
        /** Readers see it. */
        published_at: uploads.publishedAt,
        updated_at: uploads.updatedAt,
      })
      .from(uploads),
  );
