/** Uploads and their outcomes. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, problems, signedIn } from './problem.ts';
import { amount, count, cursor, date, feed, limit, moment, next, objectKey, uploadId, versionId } from './words.ts';

export const uploadState = z.enum(['loading', 'published', 'superseded', 'retired', 'rejected', 'failed']);
export type UploadState = z.infer<typeof uploadState>;

/** One version of one object: the columns of `v_upload_accounting` and `v_upload_progress`. */
export const upload = z
  .object({
    uploadId: z.int().min(1),
    /** Null if the key belongs to no feed. */
    feed: z.string().nullable(),
    objectKey: z.string(),
    versionId: z.string(),
    state: uploadState,
    reasonCode: z.string().nullable(),
    /** Why the upload was rejected and what to do, or notes for the owner if the upload was accepted. */
    reason: z.string().nullable(),
    rowsRead: count,
    rowsPublished: count,
    rowsDuplicate: count,
    rowsQuarantined: count,
    /** Sums across all currencies. These sums are checksums, not amounts of money. */
    amountRead: amount,
    amountPublished: amount,
    amountDuplicate: amount,
    amountQuarantined: amount,
    jobRunId: z.string().nullable(),
    sizeBytes: count.nullable(),
    /** The first and the last day of the good rows. */
    firstDate: date.nullable(),
    lastDate: date.nullable(),
    lastModified: moment.nullable(),
    receivedAt: moment,
    loadingAt: moment.nullable(),
    loadedAt: moment.nullable(),
    publishedAt: moment.nullable(),
    updatedAt: moment,
    secondsToVisible: z.number().nullable(),
  })
  .openapi('Upload');
export type Upload = z.infer<typeof upload>;

export const quarantinedRow = z
  .object({
    /** The row number as a spreadsheet shows it. The header is row 1. */
    rowNo: z.int().min(1),
    /** The first column with a problem; null if the problem concerns the whole row. */
    column: z.string().nullable(),
    code: z.string(),
    message: z.string(),
    rawText: z.string(),
  })
  .openapi('QuarantinedRow');
export type QuarantinedRow = z.infer<typeof quarantinedRow>;

/** The filters for a list of uploads, and the page to return. */
export const uploadQuery = z.strictObject({
  feed: feed.optional(),
  state: uploadState.optional(),
  cursor: cursor.optional(),
  limit: limit.optional(),
});

export const listUploads = createRoute({
  method: 'get',
  path: '/api/uploads',
  description: 'Lists the uploads, the newest first.',
  security: signedIn,
  request: {
    query: uploadQuery,
  },
  responses: { 200: answer('A page', z.object({ uploads: z.array(upload), next })), ...problems() },
});

export const getUploadOfVersion = createRoute({
  method: 'get',
  path: '/api/uploads/of-version',
  description: 'Returns the outcome of a version that was just sent.',
  security: signedIn,
  request: { query: z.strictObject({ objectKey, versionId }) },
  responses: {
    200: answer(
      'The stage of the version',
      z.object({
        /** `received` means that the job has not processed the version yet. */
        stage: z.enum(['received', ...uploadState.options]),
        upload: upload.optional(),
      }),
    ),
    ...problems(404),
  },
});

export const getUpload = createRoute({
  method: 'get',
  path: '/api/uploads/{uploadId}',
  security: signedIn,
  request: { params: z.object({ uploadId }), query: z.strictObject({}) },
  responses: {
    200: answer(
      'The upload',
      upload.extend({ quarantine: z.array(z.object({ code: z.string(), rows: count })) }).openapi('UploadInDetail'),
    ),
    ...problems(404),
  },
});

export const listQuarantinedRows = createRoute({
  method: 'get',
  path: '/api/uploads/{uploadId}/quarantined-rows',
  description: 'Lists the quarantined rows in the order of the file.',
  security: signedIn,
  request: {
    params: z.object({ uploadId }),
    query: z.strictObject({ cursor: cursor.optional(), limit: limit.optional() }),
  },
  responses: { 200: answer('A page', z.object({ rows: z.array(quarantinedRow), next })), ...problems(404) },
});
