/**
 * SQL that several views share: which rows are shown, and how months, totals and ratios are calculated.
 *
 * No expression uses floats: sums and ratios of DECIMAL stay DECIMAL.
 */
import { and, eq, not, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { quarantinedRows } from './bookkeeping/quarantined-rows.ts';
import { uploads } from './bookkeeping/uploads.ts';
import type { FeedTable } from './define-feed.ts';
import { typed } from './expression-types.ts';

/**
 * How every view reads a feed's table: from the uploads to their rows, by the primary key.
 *
 * As soon as one other upload is large, MySQL expects a household's uploads to hold most of the table. It then scans the
 * whole table: 3.5 s for one month's figures beside 10^7 rows of other owners. `ownerOfUpload` fixes the order of the two
 * tables, and `byUpload` fixes the index.
 */
export const byUpload = { forceIndex: 'PRIMARY' } as const;

/** The upload's owner. Select it first: STRAIGHT_JOIN must follow SELECT, before the first column. */
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

/** True for a row that is shown itself. False if another upload shows the same row instead. */
export function isShown(row: FeedTable): SQL {
  return not(sql`${row.shadowed}`);
}

/** The month of a date, `YYYY-MM`. Cutting the text `YYYY-MM-DD` is a third faster than `date_format`. */
export function monthOf(date: SQLWrapper): SQL<string> {
  return typed(sql<string>`left(${date}, 7)`, 'varchar(7)');
}

/** An amount with 4 decimals. 30 digits fit into the decimals of Arrow and QuickSight. */
export function asTotal(amount: SQLWrapper): SQL<string> {
  return typed(sql<string>`cast(${amount} as decimal(30,4))`, 'decimal(30,4)');
}

/** The sum of an amount over a group. */
export function totalOf(amount: SQLWrapper): SQL<string> {
  return asTotal(sql`sum(${amount})`);
}

/** The number of rows in a group. */
export const rowCount = typed(sql<number>`count(*)`, 'bigint');

/** The sum of row counts over a group. Without the cast MySQL returns a decimal. */
export function countOf(count: SQLWrapper): SQL<number> {
  return typed(sql<number>`cast(sum(${count}) as signed)`, 'bigint');
}

/** The amount 0, for the side of a union that has no amount. */
export const noAmount = asTotal(sql`0`);

/**
 * `part / whole` of a positive whole, rounded half away from zero to 4 decimals; otherwise NULL.
 *
 * MySQL keeps only 4 more decimals in a quotient than the dividend has. The 16 added zeros keep the rounding exact.
 */
export function ratio(part: SQLWrapper, whole: SQLWrapper): SQL<string | null> {
  return typed(
    sql<string | null>`case when ${whole} > 0 then cast(${part} * 1.0000000000000000 / ${whole} as decimal(38,4)) end`,
    'decimal(38,4)',
  );
}
