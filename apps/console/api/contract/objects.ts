/** What stands in the bucket: versions, and undo and redo over them. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, body, problems, problemsOfChange, signedIn } from './problem.ts';
import { uploadState } from './uploads.ts';
import { count, cursor, feed, moment, next, objectKey, versionId } from './words.ts';

const shownVersion = z.string();

export const objectSummary = z
  .object({
    objectKey: z.string(),
    feed,
    /** The object key below its owner's folder. */
    name: z.string(),
    /** It was undone; its versions are still there. */
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
  description: 'By feed and name.',
  security: signedIn,
  request: { query: z.strictObject({ feed: feed.optional(), cursor: cursor.optional() }) },
  responses: { 200: answer('A page', z.object({ objects: z.array(objectSummary), next })), ...problems() },
});

export const listVersions = createRoute({
  method: 'get',
  path: '/api/objects/versions',
  description: 'The newest first.',
  security: signedIn,
  request: { query: z.strictObject({ objectKey }) },
  responses: {
    200: answer(
      'The versions',
      z.object({
        versions: z.array(objectVersion),
        /** There are more, older ones. */
        truncated: z.boolean(),
      }),
    ),
    ...problems(404),
  },
});

export const getContent = createRoute({
  method: 'get',
  path: '/api/objects/content',
  description: 'Where the bytes of a version can be read, for a short time.',
  security: signedIn,
  request: { query: z.strictObject({ objectKey, versionId }) },
  responses: { 200: answer('Where', z.object({ url: z.url(), expiresAt: moment })), ...problems(404) },
});

export const removeObject = createRoute({
  method: 'post',
  path: '/api/objects/remove',
  description: 'Undoes an upload: a delete marker hides the object. Nothing is deleted.',
  security: signedIn,
  request: { body: body(z.strictObject({ objectKey, newestVersionId: versionId })) },
  responses: { 200: answer('The delete marker', z.object({ versionId: shownVersion })), ...problemsOfChange(404, 409) },
});

export const restoreVersion = createRoute({
  method: 'post',
  path: '/api/objects/restore',
  description: 'Undoes a correction, or redoes it: that version is copied over the key. History only grows.',
  security: signedIn,
  request: { body: body(z.strictObject({ objectKey, versionId, newestVersionId: versionId })) },
  responses: { 200: answer('The new version', z.object({ versionId: shownVersion })), ...problemsOfChange(404, 409) },
});
