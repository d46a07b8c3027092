/** Queries the state of the pipeline for all owners. The answers contain no amounts and no rows. */
import { uploadAccounting as accounting, uploadProgress as progress } from '@centflow/schema/views';
import { and, desc, eq, lt, ne, sql } from 'drizzle-orm';
import * as z from 'zod';
import { type Handlers, requesterOf } from './context.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { type Database, momentOf, momentOrNull } from './database.ts';
import { PROBE_OWNER } from './probe-owner.ts';

const UPLOADS_WITHOUT_LIMIT = 50;
const DAYS = 30;
const position = z.strictObject({ uploadId: z.int().min(1) });

export function pipelineHandlers(database: Database): Pick<Handlers, 'listPipelineUploads' | 'getLatency'> {
  return {
    async listPipelineUploads(context) {
      const { feed, state, cursor, limit = UPLOADS_WITHOUT_LIMIT } = context.req.valid('query');
      const found = await database.query(requesterOf(context), (views) =>
        views
          .select({
            uploadId: accounting.upload_id,
            owner: accounting.owner,
            feed: accounting.feed,
            objectKey: accounting.object_key,
            state: accounting.state,
            // Operators see only the problem's code, because its message may quote a cell.
            reasonCode: progress.reason_code,
            rowsRead: accounting.rows_read,
            rowsPublished: accounting.rows_published,
            rowsDuplicate: accounting.rows_duplicate,
            rowsQuarantined: accounting.rows_quarantined,
            sizeBytes: progress.size_bytes,
            jobRunId: progress.job_run_id,
            receivedAt: accounting.received_at,
            publishedAt: accounting.published_at,
            secondsToVisible: accounting.seconds_to_visible,
          })
          .from(accounting)
          .innerJoin(progress, eq(progress.upload_id, accounting.upload_id))
          .where(
            and(
              ne(accounting.owner, PROBE_OWNER),
              feed && eq(accounting.feed, feed),
              state && eq(accounting.state, state),
              cursor === undefined ? undefined : lt(accounting.upload_id, readCursor(cursor, position).uploadId),
            ),
          )
          .orderBy(desc(accounting.upload_id))
          .limit(limit + 1),
      );
      const uploads = found.slice(0, limit).map((upload) => ({
        ...upload,
        receivedAt: momentOf(upload.receivedAt),
        publishedAt: momentOrNull(upload.publishedAt),
        secondsToVisible: upload.secondsToVisible === null ? null : Number(upload.secondsToVisible),
      }));
      const last = uploads.at(-1);
      const next = found.length > limit && last ? { next: writeCursor({ uploadId: last.uploadId }) } : {};
      return context.json({ uploads, ...next }, 200);
    },

    async getLatency(context) {
      const seconds = accounting.seconds_to_visible;
      const day = sql`date(${accounting.published_at})`;
      // Percentiles by the nearest-rank method: at least 50 or 95 percent of the uploads took at most this long.
      const [found] = await database.query(requesterOf(context), (views) =>
        views.execute(sql`
          select cast(day as char) as day, count(*) as uploads,
            min(case when place >= 0.50 * of_day then seconds end) as p50,
            min(case when place >= 0.95 * of_day then seconds end) as p95
          from (
            select ${day} as day, ${seconds} as seconds,
              row_number() over (partition by ${day} order by ${seconds}) as place,
              count(*) over (partition by ${day}) as of_day
            from ${accounting}
            where ${accounting.published_at} >= utc_date() - interval ${DAYS} day
              and ${accounting.owner} <> ${PROBE_OWNER}
          ) as ranked
          group by day order by day`),
      );
      return context.json({ days: latencies.parse(found) }, 200);
    },
  };
}

const latencies = z.array(
  z.object({ day: z.string(), uploads: z.coerce.number(), p50: z.coerce.number(), p95: z.coerce.number() }),
);
