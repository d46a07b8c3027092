/** Schemas that several routes share. */
import { type FeedName, feeds } from '@centflow/schema/feeds';
import { z } from '@hono/zod-openapi';

export const feedNames = Object.keys(feeds) as [FeedName, ...FeedName[]];
export const feed = z.enum(feedNames);

/** Text that UTF-8 can encode. S3 keys and URLs cannot contain half of a surrogate pair. */
export const text = z.string().refine((given) => given.isWellFormed(), 'must not contain half of a surrogate pair');

/** S3's limit for an object key, in UTF-8 bytes. */
export const KEY_BYTES = 1024;
/** An S3 version id. An object from before versioning was enabled has the version id `null`, as text. */
export const versionId = z
  .string()
  .regex(/^[\w.-]{1,255}$/)
  .openapi({ description: 'An S3 version id' });
export const objectKey = text
  .min(1)
  .max(KEY_BYTES)
  .regex(/^raw\//)
  .openapi({
    description: 'A key below raw/ that belongs to the person who is signed in',
    example: 'raw/expenses/owner=ada/bank.csv',
  });
export const multipartId = z.string().regex(/^[\w.~+/=-]{1,1024}$/);
export const etag = z.string().regex(/^"?[\w+/=-]{1,200}"?$/);

/** An exact decimal as text, because a float would lose digits. */
export const amount = z
  .string()
  .regex(/^-?\d{1,40}(\.\d{1,20})?$/)
  .openapi({ example: '1234.5600' });
export const currency = z.string().regex(/^[A-Z]{3}$/);
export const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);
export const date = z.iso.date();
/** ISO 8601 in UTC, to the microsecond. */
export const moment = z.iso.datetime();
export const count = z.int().min(0);
/** Free text from a CSV, such as a category, an account or a merchant. */
export const label = text.max(255);

/** Returns the schema of a whole number in a query or a path. */
export function wholeNumber(minimum: number, maximum: number) {
  const digits = String(maximum).length;
  return z
    .string()
    .regex(new RegExp(`^(0|[1-9]\\d{0,${digits - 1}})$`), `must be a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((number) => number >= minimum && number <= maximum, `must be a whole number from ${minimum} to ${maximum}`)
    .openapi({ type: 'integer', minimum, maximum });
}

export const uploadId = wholeNumber(1, Number.MAX_SAFE_INTEGER);

/**
 * The position at which the previous page ended. A cursor contains no owner, so a copied cursor gives no access to
 * another owner's data.
 */
export const cursor = z.string().regex(/^[\w-]{1,4096}$/);
export const next = cursor.optional().openapi({ description: 'The cursor of the next page; absent on the last page' });
export const limit = wholeNumber(1, 200);
