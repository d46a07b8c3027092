/**
 * Payments, the newest first, without sorting all that there are: days are read from the newest on, until there are enough.
 *
 * `v_transactions` finds rows by their upload alone. So only uploads that cover the days are named, and of an owner with files of
 * ten years nine are not looked at for the newest page.
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

/** So many of the newest rows are looked through first, and then so many times as many: most people want the newest. */
const ROWS_AT_FIRST = 2000;
const GROWTH = 8;

/** Days inclusive, `YYYY-MM-DD`. */
export interface Days {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What a question may use: all of it is read as of one moment. */
export type Reader = Pick<MySql2Database, 'select' | 'execute'>;

interface PublishedUpload {
  readonly uploadId: number;
  /** null where it is not known which days the upload covers. */
  readonly covered: Covered | null;
}

/**
 * Reads the newest payments of an owner.
 *
 * @param days that are asked for
 * @param wanted how many rows are enough; there may be more, or fewer where there are no more
 * @param read asks for rows in the order of their days, the newest first, where the condition on `v_transactions` holds
 * @param rowsAtFirst so many of the newest rows are looked through first
 */
export async function newestPayments<Row>(
  database: MySql2Database,
  owner: string,
  days: Days,
  wanted: number,
  read: (reader: Reader, condition: SQL | undefined) => Promise<readonly Row[]>,
  rowsAtFirst = ROWS_AT_FIRST,
): Promise<Row[]> {
  // As of one moment: else an upload that is replaced meanwhile would be missing in both its versions.
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

/** Each upload of payments that shows any, and what it covers. */
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
