/** The query of a preview: which of its rows other uploads already have. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, body, problemsOfChange, signedIn } from './problem.ts';
import { date, feed, objectKey } from './words.ts';

/** The limit per request, because a Lambda accepts at most 6 MB. */
export const FINGERPRINTS_AT_MOST = 200_000;
export const FINGERPRINT_BYTES = 16;
const BASE64_AT_MOST = Math.ceil((FINGERPRINTS_AT_MOST * FINGERPRINT_BYTES) / 3) * 4;
/** The limit for the request's body. */
export const OVERLAP_BYTES_AT_MOST = BASE64_AT_MOST + 4096;

export const findOverlap = createRoute({
  method: 'post',
  path: '/api/preview/overlap',
  description: "Returns how often the owner's other published uploads have each of the given rows.",
  security: signedIn,
  request: {
    body: body(
      z.strictObject({
        feed,
        /** The object to be replaced. Its own rows do not count. */
        objectKey: objectKey.optional(),
        /** Concatenated distinct fingerprints of 16 bytes each, in base64. */
        fingerprints: z
          .string()
          .max(BASE64_AT_MOST)
          .regex(/^[A-Za-z0-9+/]*={0,2}$/),
        firstDate: date,
        lastDate: date,
        hasTransactionIds: z.boolean(),
      }),
    ),
  },
  responses: {
    200: answer(
      'The rows that other uploads have',
      z.object({
        /** Pairs of a fingerprint's index and its highest count in any one upload. */
        held: z.array(
          // The generator does not support `prefixItems`.
          z.tuple([z.int().min(0), z.int().min(1)]).openapi({
            type: 'array',
            items: { type: 'integer', minimum: 0 },
            minItems: 2,
            maxItems: 2,
          }),
        ),
      }),
    ),
    ...problemsOfChange(404),
  },
});
