/** The words that several routes share, with the limits of each. */
import { type FeedName, feeds } from '@centflow/schema/feeds';
import { z } from '@hono/zod-openapi';

export const feedNames = Object.keys(feeds) as [FeedName, ...FeedName[]];
export const feed = z.enum(feedNames);

/** Text that UTF-8 can write: half of a surrogate pair has no bytes, so neither S3 nor an address can hold it. */
export const text = z.string().refine((given) => given.isWellFormed(), 'text with half of a character');

/** S3 takes no longer key, in bytes. */
export const KEY_BYTES = 1024;
/** A version's id as S3 gives it; `null` (the word) is an object's from before the bucket had versions. */
export const versionId = z
  .string()
  .regex(/^[\w.-]{1,255}$/)
  .openapi({ description: "A version's id, as S3 gives it" });
export const objectKey = text
  .min(1)
  .max(KEY_BYTES)
  .regex(/^raw\//)
  .openapi({
    description: 'A key below raw/ that belongs to whoever is signed in',
    example: 'raw/expenses/owner=ada/bank.csv',
  });
export const multipartId = z.string().regex(/^[\w.~+/=-]{1,1024}$/);
export const etag = z.string().regex(/^"?[\w+/=-]{1,200}"?$/);

/** An exact decimal, never a float. */
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
/** Whatever people typed into a CSV: categories, accounts, merchants. */
export const label = text.max(255);

/** A whole number as a query or a path says it. */
export function wholeNumber(minimum: number, maximum: number) {
  const digits = String(maximum).length;
  return z
    .string()
    .regex(new RegExp(`^(0|[1-9]\\d{0,${digits - 1}})$`), `a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((number) => number >= minimum && number <= maximum, `a whole number from ${minimum} to ${maximum}`)
    .openapi({ type: 'integer', minimum, maximum });
}

export const uploadId = wholeNumber(1, Number.MAX_SAFE_INTEGER);

/** Where the page before ended. Says a position and nobody's name: a cursor of somebody else opens nothing. */
export const cursor = z.string().regex(/^[\w-]{1,4096}$/);
export const next = cursor.optional().openapi({ description: 'The cursor of the next page; absent on the last one' });
export const limit = wholeNumber(1, 200);
