/** Finds the rows of a previewed file that other uploads already contain. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, body, problemsOfChange, signedIn } from './problem.ts';
import { date, feed, objectKey } from './words.ts';

/** The maximum number of fingerprints per request. A Lambda accepts requests up to 6 MB. */
export const FINGERPRINTS_AT_MOST = 200_000;
export const FINGERPRINT_BYTES = 16;
const BASE64_AT_MOST = Math.ceil((FINGERPRINTS_AT_MOST * FINGERPRINT_BYTES) / 3) * 4;
/** The maximum size of the request's body in bytes. */
export const OVERLAP_BYTES_AT_MOST = BASE64_AT_MOST + 4096;

export const findOverlap = createRoute({
  method: 'post',
  path: '/api/preview/overlap',
  description: "Returns how often the owner's other published uploads contain each of the given rows.",
  security: signedIn,
  request: {
    body: body(
      z.strictObject({
        feed,
        /** The object to be replaced. Rows of that object do not count as overlap. */
        objectKey: objectKey.optional(),
        /** Distinct fingerprints of 16 bytes each, concatenated and then encoded as base64. */
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
      'The rows that other uploads contain',
      z.object({
        /**
         * Pairs of the index of a requested fingerprint and the highest count of that fingerprint in any single upload.
         */
        held: z.array(
          // The OpenAPI generator does not support `prefixItems`.
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
