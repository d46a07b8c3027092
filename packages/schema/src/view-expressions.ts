/**
 * SQL expressions that several views share. They decide which rows are shown, and calculate months, totals and ratios.
 *
 * No expression uses floats. Sums and ratios of DECIMAL values are also DECIMAL.
 */
import { and, eq, not, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { quarantinedRows } from './bookkeeping/quarantined-rows.ts';
import { uploads } from './bookkeeping/uploads.ts';
import type { FeedTable } from './define-feed.ts';
import { typed } from './expression-types.ts';

/**
 * Makes a view read a feed's table by the primary key. Every view reads the uploads before it reads their rows.
 *
 * Without this hint, MySQL makes a wrong estimate as soon as one owner has a large upload. It then expects that any
 * household's uploads contain most of the table, and scans the whole table. One month's figures took 3.5 s with 10^7
 * rows of other owners. `ownerOfUpload` fixes the order of the two tables, and `byUpload` fixes the index.
 */
export const byUpload = { forceIndex: 'PRIMARY' } as const;

/** The upload's owner. Must be the first selected column, because STRAIGHT_JOIN must directly follow SELECT. */
export const ownerOfUpload = typed(sql<string>`straight_join ${uploads.owner}`, uploads.owner).as('owner');

/** Joins a feed's rows to their upload, if the upload is published. */
export function isPublished(row: FeedTable): SQL {
  return and(eq(uploads.uploadId, row.uploadId), eq(uploads.state, sql.raw("'published'"))) as SQL;
}

/** Joins quarantined rows to their upload, if the upload is published or rejected. */
export function isJudged(row: typeof quarantinedRows): SQL {
  return and(
    eq(uploads.uploadId, row.uploadId),
    sql`${uploads.state} in (${sql.raw("'published', 'rejected'")})`,
  ) as SQL;
}

/** True for a row that the views show. False if another upload shows the same row instead. */
export function isShown(row: FeedTable): SQL {
  return not(sql`${row.shadowed}`);
}

/** The month of a date as `YYYY-MM`. Cutting the text `YYYY-MM-DD` is a third faster than `date_format`. */
export function monthOf(date: SQLWrapper): SQL<string> {
  return typed(sql<string>`left(${date}, 7)`, 'varchar(7)');
}

/** An amount with 4 decimals and up to 30 digits. The decimal types of Arrow and QuickSight can store 30 digits. */
export function asTotal(amount: SQLWrapper): SQL<string> {
  return typed(sql<string>`cast(${amount} as decimal(30,4))`, 'decimal(30,4)');
}

/** The sum of an amount over a group. */
export function totalOf(amount: SQLWrapper): SQL<string> {
  return asTotal(sql`sum(${amount})`);
}

/** The number of rows in a group. */
export const rowCount = typed(sql<number>`count(*)`, 'bigint');

/** The sum of row counts over a group. Without the cast, MySQL would return a decimal. */
export function countOf(count: SQLWrapper): SQL<number> {
  return typed(sql<number>`cast(sum(${count}) as signed)`, 'bigint');
}

/** The amount 0, for a part of a union that has no amount. */
export const noAmount = asTotal(sql`0`);

/**
 * `part / whole`, rounded half away from zero to 4 decimals. NULL unless the whole is positive.
 *
 * MySQL calculates a quotient with only 4 more decimals than the dividend. The factor with 16 zeros adds decimals to
 * the dividend, so that the rounding is exact.
 */
export function ratio(part: SQLWrapper, whole: SQLWrapper): SQL<string | null> {
  return typed(
    sql<string | null>`case when ${whole} > 0 then cast(${part} * 1.0000000000000000 / ${whole} as decimal(38,4)) end`,
    'decimal(38,4)',
  );
}
