import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';

/** Times are UTC. A time is NULL until the upload reaches that step. */
export const uploadProgress = mysqlView('v_upload_progress')
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
        /** Why the upload is rejected or failed, as a code for programs. */
        reason_code: uploads.reasonCode,
        /** The Glue job run that last loaded the upload or tried to. */
        job_run_id: uploads.jobRunId,
        /** As stored: the compressed size of a compressed object. */
        size_bytes: uploads.sizeBytes,
        /** S3's LastModified. */
        last_modified: uploads.lastModified,
        /** First and last day of the good rows. A month counts as its first day. */
        first_date: uploads.firstDate,
        last_date: uploads.lastDate,
        received_at: uploads.receivedAt,
        /** The job began to load the upload. */
        loading_at: uploads.loadingAt,
        /** All rows are stored, but not yet visible. */
        loaded_at: uploads.loadedAt,
        /** The rows became visible. */
        published_at: uploads.publishedAt,
        updated_at: uploads.updatedAt,
      })
      .from(uploads),
  );

export default defineView(uploadProgress, {
  question: 'How far is each upload, and when did it reach each step?',
  audience: 'programs',
});
