/** What a preview must ask: which of its rows other uploads hold already. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, body, problemsOfChange, signedIn } from './problem.ts';
import { date, feed, objectKey } from './words.ts';

/** More than these are asked about in several requests: a Lambda takes no more than 6 MB. */
export const FINGERPRINTS_AT_MOST = 200_000;
export const FINGERPRINT_BYTES = 16;
const BASE64_AT_MOST = Math.ceil((FINGERPRINTS_AT_MOST * FINGERPRINT_BYTES) / 3) * 4;
/** Of the request's body. */
export const OVERLAP_BYTES_AT_MOST = BASE64_AT_MOST + 4096;

export const findOverlap = createRoute({
  method: 'post',
  path: '/api/preview/overlap',
  description: "How often the owner's other published uploads hold each of some rows.",
  security: signedIn,
  request: {
    body: body(
      z.strictObject({
        feed,
        /** The object that would be replaced: its own rows do not count. */
        objectKey: objectKey.optional(),
        /** Distinct fingerprints of 16 bytes each, one after the other, in base64. */
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
      'Those that are held',
      z.object({
        /** [index of the fingerprint, highest multiplicity in any one upload] */
        held: z.array(
          // The generator knows no `prefixItems`.
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
