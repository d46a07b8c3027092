/** The objects in the bucket with their versions, and undo and redo. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, body, problems, problemsOfChange, signedIn } from './problem.ts';
import { uploadState } from './uploads.ts';
import { count, cursor, feed, moment, next, objectKey, versionId } from './words.ts';

const shownVersion = z.string();

export const objectSummary = z
  .object({
    objectKey: z.string(),
    feed,
    /** The part of the object key after its owner's folder. */
    name: z.string(),
    /** Whether the upload was undone. The object's versions still exist. */
    deleted: z.boolean(),
    newest: z.object({ versionId: shownVersion, lastModified: moment, bytes: count }),
  })
  .openapi('ObjectSummary');
export type ObjectSummary = z.infer<typeof objectSummary>;

export const objectVersion = z
  .object({
    versionId: shownVersion,
    lastModified: moment,
    bytes: count,
    isNewest: z.boolean(),
    isDeleteMarker: z.boolean(),
    uploadId: z.int().optional(),
    state: uploadState.optional(),
  })
  .openapi('ObjectVersion');
export type ObjectVersion = z.infer<typeof objectVersion>;

export const listObjects = createRoute({
  method: 'get',
  path: '/api/objects',
  description: 'Lists the objects by feed and name.',
  security: signedIn,
  request: { query: z.strictObject({ feed: feed.optional(), cursor: cursor.optional() }) },
  responses: { 200: answer('A page', z.object({ objects: z.array(objectSummary), next })), ...problems() },
});

export const listVersions = createRoute({
  method: 'get',
  path: '/api/objects/versions',
  description: 'Lists the versions of an object, the newest first.',
  security: signedIn,
  request: { query: z.strictObject({ objectKey }) },
  responses: {
    200: answer(
      'The versions',
      z.object({
        versions: z.array(objectVersion),
        /** Whether older versions exist beyond this list. */
        truncated: z.boolean(),
      }),
    ),
    ...problems(404),
  },
});

export const getContent = createRoute({
  method: 'get',
  path: '/api/objects/content',
  description: 'Returns a short-lived address for downloading a version.',
  security: signedIn,
  request: { query: z.strictObject({ objectKey, versionId }) },
  responses: { 200: answer('The address', z.object({ url: z.url(), expiresAt: moment })), ...problems(404) },
});

export const removeObject = createRoute({
  method: 'post',
  path: '/api/objects/remove',
  description: 'Undoes an upload: a delete marker hides the object. No data is deleted.',
  security: signedIn,
  request: { body: body(z.strictObject({ objectKey, newestVersionId: versionId })) },
  responses: { 200: answer('The delete marker', z.object({ versionId: shownVersion })), ...problemsOfChange(404, 409) },
});

export const restoreVersion = createRoute({
  method: 'post',
  path: '/api/objects/restore',
  description: 'Undoes or redoes a correction by copying a version over the key. All versions stay in the history.',
  security: signedIn,
  request: { body: body(z.strictObject({ objectKey, versionId, newestVersionId: versionId })) },
  responses: { 200: answer('The new version', z.object({ versionId: shownVersion })), ...problemsOfChange(404, 409) },
});
