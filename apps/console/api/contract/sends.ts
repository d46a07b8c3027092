/** Uploads of CSV files. The browser sends a file directly to S3, at addresses that the API signs for exactly that object. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, body, problems, problemsOfChange, signedIn } from './problem.ts';
import { count, etag, feed, KEY_BYTES, moment, multipartId, objectKey, text, versionId } from './words.ts';

/** The job rejects larger objects (glue/: --max-object-bytes). */
export const OBJECT_BYTES_AT_MOST = 2 * 2 ** 30;
/**
 * The maximum size of a request in bytes. Larger files are sent in parts of this size, so that each part can be retried
 * separately.
 */
export const PART_BYTES = 8 * 2 ** 20;
export const PARTS_AT_MOST = Math.ceil(OBJECT_BYTES_AT_MOST / PART_BYTES);
/** The maximum number of parts that one request can sign. */
const SIGNED_AT_ONCE = 50;

const bytes = z.int().min(1).max(OBJECT_BYTES_AT_MOST);
const partNumber = z.int().min(1).max(PARTS_AT_MOST);
/** The version to replace. The request is refused if this version is no longer the newest. */
const replaces = z.strictObject({ versionId });

/** Headers that the client must send unchanged, because the signature covers them. */
const headers = z.record(z.string(), z.string());
const target = { objectKey, expiresAt: moment };

export const send = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('put'), ...target, url: z.url(), headers }),
  z.object({
    kind: z.literal('multipart'),
    ...target,
    multipartId,
    /** The size of every part except the last. */
    partBytes: count,
    parts: z.int().min(1),
  }),
]);
export type Send = z.infer<typeof send>;

export const sendRequest = z
  .strictObject({
    feed,
    /** The file's name: the last segment of the object key. */
    name: text.min(5).max(KEY_BYTES),
    bytes,
    contentType: z.enum(['text/csv', 'application/gzip']),
    /** The version to replace. Absent for a new object. */
    replaces: replaces.optional(),
  })
  .openapi('SendRequest');

export const startSend = createRoute({
  method: 'post',
  path: '/api/sends',
  security: signedIn,
  request: { body: body(sendRequest) },
  responses: { 200: answer('Where to send the file', send), ...problemsOfChange(409) },
});

export const signParts = createRoute({
  method: 'post',
  path: '/api/sends/multipart/sign',
  security: signedIn,
  request: {
    body: body(
      z.strictObject({
        objectKey,
        multipartId,
        parts: z
          .array(z.strictObject({ partNumber, bytes: z.int().min(1).max(PART_BYTES) }))
          .min(1)
          .max(SIGNED_AT_ONCE),
      }),
    ),
  },
  responses: {
    200: answer(
      'The address to which to send each part',
      z.object({ urls: z.array(z.object({ partNumber, url: z.url(), headers })) }),
    ),
    ...problemsOfChange(404),
  },
});

export const listParts = createRoute({
  method: 'get',
  path: '/api/sends/multipart/parts',
  description: 'Lists the parts that S3 already has, so that an upload can continue.',
  security: signedIn,
  request: { query: z.strictObject({ objectKey, multipartId }) },
  responses: {
    200: answer(
      'The parts',
      z.object({ parts: z.array(z.object({ partNumber: z.int(), etag: z.string(), bytes: count })) }),
    ),
    ...problems(404),
  },
});

export const completeSend = createRoute({
  method: 'post',
  path: '/api/sends/multipart/complete',
  security: signedIn,
  request: {
    body: body(
      z.strictObject({
        objectKey,
        multipartId,
        parts: z.array(z.strictObject({ partNumber, etag })).min(1).max(PARTS_AT_MOST),
        /** The same value as at the start of the upload. S3 then refuses to overwrite a newer version. */
        replaces: replaces.optional(),
      }),
    ),
  },
  responses: { 200: answer('The new version', z.object({ versionId })), ...problemsOfChange(404, 409) },
});

export const abortSend = createRoute({
  method: 'delete',
  path: '/api/sends/multipart',
  security: signedIn,
  request: { query: z.strictObject({ objectKey, multipartId }) },
  responses: { 200: answer('The upload was cancelled', z.object({})), ...problems(404) },
});
