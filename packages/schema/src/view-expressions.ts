/**
 * What the views have in common: which rows are shown, and how months, totals and ratios are told.
 *
 * Nothing here is a float: sums and ratios of DECIMAL stay DECIMAL.
 */
import { and, eq, not, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { quarantinedRows } from './bookkeeping/quarantined-rows.ts';
import { uploads } from './bookkeeping/uploads.ts';
import type { FeedTable } from './define-feed.ts';

/**
 * How every view reads a feed's table: from the uploads to their rows, by the primary key.
 *
 * Left to itself MySQL takes the uploads of a household for most of the table as soon as one other upload is large, and
 * reads all of it: 3.5 s for a month's figures beside 10^7 rows of others. `ownerOfUpload` settles the order of the two
 * tables and `byUpload` the index.
 */
export const byUpload = { forceIndex: 'PRIMARY' } as const;

/** The upload's owner, first of a view's columns: STRAIGHT_JOIN stands right after SELECT, before the first column. */
export const ownerOfUpload = sql<string>`straight_join ${uploads.owner}`.as('owner');

/** A row's upload is published: how every view joins a feed's rows to `uploads`. */
export function isPublished(row: FeedTable): SQL {
  return and(eq(uploads.uploadId, row.uploadId), eq(uploads.state, sql.raw("'published'"))) as SQL;
}

/** A quarantined row's upload is done with: published, or rejected with the rows that show why. */
export function isJudged(row: typeof quarantinedRows): SQL {
  return and(
    eq(uploads.uploadId, row.uploadId),
    sql`${uploads.state} in (${sql.raw("'published', 'rejected'")})`,
  ) as SQL;
}

/** The row itself is shown, and not the same row of another upload instead. */
export function isShown(row: FeedTable): SQL {
  return not(sql`${row.shadowed}`);
}

/** The month of a date, `YYYY-MM`: a date reads `YYYY-MM-DD`, and cutting that is a third faster than `date_format`. */
export function monthOf(date: SQLWrapper): SQL<string> {
  return sql<string>`left(${date}, 7)`;
}

/** An amount as the views tell it: 4 decimals, and few enough digits for Arrow's and QuickSight's decimals. */
export function asTotal(amount: SQLWrapper): SQL<string> {
  return sql<string>`cast(${amount} as decimal(30,4))`;
}

/** The sum of an amount over a group. */
export function totalOf(amount: SQLWrapper): SQL<string> {
  return asTotal(sql`sum(${amount})`);
}

/** Rows in a group. */
export const rowCount = sql<number>`count(*)`;

/** The sum of numbers of rows over a group; MySQL would make a decimal of it. */
export function countOf(count: SQLWrapper): SQL<number> {
  return sql<number>`cast(sum(${count}) as signed)`;
}

/** No amount on this side of a union. */
export const nothing = asTotal(sql`0`);

/**
 * `part / whole`, rounded half away from zero to 4 decimals.
 *
 * MySQL keeps only 4 more decimals in a quotient than the dividend has; the 16 added zeros keep the rounding honest.
 */
export function ratio(part: SQLWrapper, whole: SQLWrapper): SQL<string> {
  return sql<string>`cast(${part} * 1.0000000000000000 / ${whole} as decimal(38,4))`;
}
