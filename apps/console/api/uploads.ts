/** Returns the uploads of an owner and their outcomes. */
import {
  uploadAccounting as accounting,
  uploadProgress as progress,
  rowsInQuarantine as quarantine,
} from '@centflow/schema/views';
import { and, asc, desc, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import * as z from 'zod';
import { type Bucket, versionsOf } from './bucket.ts';
import { type Handlers, ownerOf, requesterOf } from './context.ts';
import type { Upload } from './contract/uploads.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { type Database, momentOf, momentOrNull } from './database.ts';
import { noSuchVersionError, ownKey } from './object-key.ts';
import { RefusedError } from './refusal.ts';
import type { Requester } from './turns.ts';

const ROWS_WITHOUT_LIMIT = 50;

const uploadPosition = z.strictObject({ uploadId: z.int().min(1) });
const rowPosition = z.strictObject({ rowNo: z.int().min(1) });

type UploadHandlers = Pick<Handlers, 'listUploads' | 'getUpload' | 'getUploadOfVersion' | 'listQuarantinedRows'>;

/** The upload queries that other modules use. */
export interface UploadsView {
  /** Returns the uploads of an object, by version. */
  ofObject(
    requester: Requester,
    owner: string,
    objectKey: string,
  ): Promise<ReadonlyMap<string, Pick<Upload, 'uploadId' | 'state'>>>;
}

export function uploadsView(database: Database): UploadsView {
  return {
    async ofObject(requester, owner, objectKey) {
      const found = await database.query(requester, (views) =>
        views
          .select({ versionId: progress.version_id, uploadId: progress.upload_id, state: progress.state })
          .from(progress)
          .where(and(eq(progress.owner, owner), eq(progress.object_key, objectKey))),
      );
      return new Map(found.map(({ versionId, ...upload }) => [versionId, upload]));
    },
  };
}

export function uploadHandlers(database: Database, bucket: Bucket): UploadHandlers {
  /** Restricts every query to uploads of the owner, in addition to the given conditions. */
  const uploadsOf = (requester: Requester, owner: string, limit: number, ...conditions: (SQL | undefined)[]) =>
    database.query(requester, (views) =>
      selectUploads(views, limit, eq(accounting.owner, owner), eq(progress.owner, owner), ...conditions),
    );

  const findUpload = async (requester: Requester, owner: string, uploadId: number) => {
    const [upload] = await uploadsOf(requester, owner, 1, eq(accounting.upload_id, uploadId));
    if (upload === undefined)
      throw new RefusedError(
        'no-such-upload',
        'You have no upload with this number. It may have been deleted. Check your list of uploads.',
      );
    return upload;
  };

  return {
    async listUploads(context) {
      const { feed, state, cursor, limit = ROWS_WITHOUT_LIMIT } = context.req.valid('query');
      const found = await uploadsOf(
        requesterOf(context),
        ownerOf(context),
        limit + 1,
        feed && eq(accounting.feed, feed),
        state && eq(accounting.state, state),
        cursor === undefined ? undefined : lt(accounting.upload_id, readCursor(cursor, uploadPosition).uploadId),
      );
      const uploads = found.slice(0, limit);
      const last = uploads.at(-1);
      const next = found.length > limit && last ? { next: writeCursor({ uploadId: last.uploadId }) } : {};
      return context.json({ uploads, ...next }, 200);
    },

    async getUpload(context) {
      const upload = await findUpload(requesterOf(context), ownerOf(context), context.req.valid('param').uploadId);
      const byCode = await database.query(requesterOf(context), (views) =>
        views
          .select({ code: quarantine.code, rows: sql<number>`count(*)`.mapWith(Number) })
          .from(quarantine)
          .where(and(eq(quarantine.owner, ownerOf(context)), eq(quarantine.upload_id, upload.uploadId)))
          .groupBy(quarantine.code)
          .orderBy(sql`count(*) desc`, asc(quarantine.code)),
      );
      return context.json({ ...upload, quarantine: byCode }, 200);
    },

    async getUploadOfVersion(context) {
      const { objectKey, versionId } = context.req.valid('query');
      const owner = ownerOf(context);
      ownKey(owner, objectKey);
      const [upload] = await uploadsOf(
        requesterOf(context),
        owner,
        1,
        eq(progress.object_key, objectKey),
        eq(progress.version_id, versionId),
      );
      if (upload !== undefined) return context.json({ stage: upload.state, upload }, 200);
      const { versions } = await versionsOf(bucket, objectKey);
      if (versions.some((version) => version.versionId === versionId))
        return context.json({ stage: 'received' as const }, 200);
      throw noSuchVersionError();
    },

    async listQuarantinedRows(context) {
      const { cursor, limit = ROWS_WITHOUT_LIMIT } = context.req.valid('query');
      const owner = ownerOf(context);
      const { uploadId } = await findUpload(requesterOf(context), owner, context.req.valid('param').uploadId);
      const found = await database.query(requesterOf(context), (views) =>
        views
          .select({
            rowNo: quarantine.row_no,
            column: quarantine.column_name,
            code: quarantine.code,
            message: quarantine.message,
            rawText: quarantine.raw_text,
          })
          .from(quarantine)
          .where(
            and(
              eq(quarantine.owner, owner),
              eq(quarantine.upload_id, uploadId),
              cursor === undefined ? undefined : gt(quarantine.row_no, readCursor(cursor, rowPosition).rowNo),
            ),
          )
          .orderBy(asc(quarantine.row_no))
          .limit(limit + 1),
      );
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      return context.json(
        { rows, ...(found.length > limit && last ? { next: writeCursor({ rowNo: last.rowNo }) } : {}) },
        200,
      );
    },
  };
}

/** Returns uploads, the newest first. */
async function selectUploads(
  views: MySql2Database,
  limit: number,
  ...conditions: (SQL | undefined)[]
): Promise<Upload[]> {
  const found = await views
    .select({
      uploadId: accounting.upload_id,
      feed: accounting.feed,
      objectKey: accounting.object_key,
      versionId: accounting.version_id,
      state: accounting.state,
      reasonCode: progress.reason_code,
      reason: accounting.reason,
      rowsRead: accounting.rows_read,
      rowsPublished: accounting.rows_published,
      rowsDuplicate: accounting.rows_duplicate,
      rowsQuarantined: accounting.rows_quarantined,
      amountRead: accounting.amount_read,
      amountPublished: accounting.amount_published,
      amountDuplicate: accounting.amount_duplicate,
      amountQuarantined: accounting.amount_quarantined,
      jobRunId: progress.job_run_id,
      sizeBytes: progress.size_bytes,
      firstDate: progress.first_date,
      lastDate: progress.last_date,
      lastModified: progress.last_modified,
      receivedAt: accounting.received_at,
      loadingAt: progress.loading_at,
      loadedAt: progress.loaded_at,
      publishedAt: accounting.published_at,
      updatedAt: progress.updated_at,
      secondsToVisible: accounting.seconds_to_visible,
    })
    .from(accounting)
    .innerJoin(progress, eq(progress.upload_id, accounting.upload_id))
    .where(and(...conditions))
    .orderBy(desc(accounting.upload_id))
    .limit(limit);
  return found.map((upload) => ({
    ...upload,
    lastModified: momentOrNull(upload.lastModified),
    receivedAt: momentOf(upload.receivedAt),
    loadingAt: momentOrNull(upload.loadingAt),
    loadedAt: momentOrNull(upload.loadedAt),
    publishedAt: momentOrNull(upload.publishedAt),
    updatedAt: momentOf(upload.updatedAt),
    secondsToVisible: upload.secondsToVisible === null ? null : Number(upload.secondsToVisible),
  }));
}
