/**
 * Reads the newest payments without sorting all payments: it reads the newest days, then older days until it has enough
 * rows.
 *
 * `v_transactions` finds rows quickly only by upload, so each query names only the uploads that cover the days. For an
 * owner
 * with one file for each of ten years, the newest page needs only one file.
 */
import type { FeedName } from '@centflow/schema/feeds';
import {
  uploadAccounting as accounting,
  transactions as payments,
  uploadProgress as progress,
} from '@centflow/schema/views';
import { and, eq, gte, inArray, lte, type SQL } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import { type Covered, dayBefore, daySince } from './newest-days.ts';

/**
 * The number of newest rows to read first, and the factor by which that number grows. Most readers need only the newest
 * rows.
 */
const ROWS_AT_FIRST = 2000;
const GROWTH = 8;

/** A range of days as `YYYY-MM-DD`. Both days are inclusive. */
export interface Days {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The part of a transaction that queries may use. All queries of a transaction see the same snapshot. */
export type Reader = Pick<MySql2Database, 'select' | 'execute'>;

interface PublishedUpload {
  readonly uploadId: number;
  /** The days that the upload covers; null if they are unknown. */
  readonly covered: Covered | null;
}

/**
 * Reads the newest payments of an owner.
 *
 * @param days the days to which the payments are limited
 * @param wanted the number of rows that are enough; the result may have more, and has fewer only if no more exist
 * @param read reads rows of `v_transactions` that meet the condition, the newest day first
 * @param rowsAtFirst the number of newest rows to read first
 */
export async function newestPayments<Row>(
  database: MySql2Database,
  owner: string,
  days: Days,
  wanted: number,
  read: (reader: Reader, condition: SQL | undefined) => Promise<readonly Row[]>,
  rowsAtFirst = ROWS_AT_FIRST,
): Promise<Row[]> {
  // All queries need the same snapshot. Otherwise both versions of an upload could be missing while it is replaced.
  return database.transaction(
    async (reader) => {
      const uploads = await publishedUploads(reader, owner);
      const known = uploads.flatMap(({ covered }) => covered ?? []);
      const found: Row[] = [];
      let to = days.to;
      for (let rows = rowsAtFirst; ; rows *= GROWTH) {
        const since = daySince(known, rows, to);
        const isLast = since === undefined || (days.from !== undefined && since <= days.from);
        const from = isLast ? days.from : since;
        const covering = uploads.filter(({ covered }) => mayCover(covered, { from, to }));
        if (covering.length > 0) found.push(...(await read(reader, within({ from, to }, covering))));
        if (isLast || found.length >= wanted) return found;
        to = dayBefore(since);
      }
    },
    { isolationLevel: 'repeatable read', withConsistentSnapshot: true },
  );
}

function mayCover(covered: Covered | null, { from, to }: Days): boolean {
  if (covered === null) return true;
  return (from === undefined || covered.lastDate >= from) && (to === undefined || covered.firstDate <= to);
}

function within({ from, to }: Days, uploads: readonly PublishedUpload[]): SQL | undefined {
  return and(
    inArray(
      payments.upload_id,
      uploads.map(({ uploadId }) => uploadId),
    ),
    from === undefined ? undefined : gte(payments.date, from),
    to === undefined ? undefined : lte(payments.date, to),
  );
}

/** Reads the owner's published uploads of payments, and the days that each covers. */
async function publishedUploads(reader: Reader, owner: string): Promise<PublishedUpload[]> {
  const found = await reader
    .select({
      uploadId: accounting.upload_id,
      firstDate: progress.first_date,
      lastDate: progress.last_date,
      rows: accounting.rows_published,
    })
    .from(accounting)
    .innerJoin(progress, eq(progress.upload_id, accounting.upload_id))
    .where(
      and(
        eq(accounting.owner, owner),
        eq(progress.owner, owner),
        eq(accounting.state, 'published'),
        inArray(accounting.feed, ['incomes', 'expenses'] satisfies FeedName[]),
      ),
    );
  return found.map(({ uploadId, firstDate, lastDate, rows }) => ({
    uploadId,
    covered: firstDate !== null && lastDate !== null ? { firstDate, lastDate, rows } : null,
  }));
}
