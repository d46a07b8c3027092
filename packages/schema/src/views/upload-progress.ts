import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';

/** When each upload reached each step. Times are UTC. A time is NULL until the upload reaches the step. */
export const uploadProgress = mysqlView('v_upload_progress')
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
        /** Why the upload is rejected or failed, as a code for programs. */
        reason_code: uploads.reasonCode,
        /** The last Glue job run that loaded the upload or tried to load it. */
        job_run_id: uploads.jobRunId,
        /** The size in S3. For a compressed object, this is the compressed size. */
        size_bytes: uploads.sizeBytes,
        /** S3's LastModified. */
        last_modified: uploads.lastModified,
        /** The first and the last day of the good rows. A month counts as its first day. */
        first_date: uploads.firstDate,
        last_date: uploads.lastDate,
        received_at: uploads.receivedAt,
        /** When the job began to load the upload. */
        loading_at: uploads.loadingAt,
        /** When all rows were stored. They were not visible yet. */
        loaded_at: uploads.loadedAt,
        /** When the rows became visible. */
        published_at: uploads.publishedAt,
        updated_at: uploads.updatedAt,
      })
      .from(uploads),
  );

export default defineView(uploadProgress, {
  question: 'Which steps has each upload completed, and when?',
  audience: 'programs',
});
