/** Rows and uploads for tests, without the job that would write them. */
import { randomBytes } from 'node:crypto';
import { type UploadState, uploads } from '../bookkeeping/uploads.ts';
import type { FeedTable, SampleRow } from '../define-feed.ts';
import type { TestDatabase } from './database.ts';

/** A row's values, and whether another upload shows it. */
export type TestRow<T extends FeedTable> = SampleRow<T> & { readonly shadowed?: boolean };

/** Enters an upload of some rows; gives its id. */
export async function enterUpload<T extends FeedTable>(
  { tables }: Pick<TestDatabase, 'tables'>,
  table: T,
  feed: string,
  { owner = 'ann', state = 'published' as UploadState },
  rows: readonly TestRow<T>[],
): Promise<number> {
  const [{ insertId }] = await tables.insert(uploads).values({
    owner,
    feed,
    objectKey: `raw/${feed}/owner=${owner}/${randomBytes(8).toString('hex')}.csv`,
    versionId: 'null',
    state,
    receivedAt: '2025-01-01 00:00:00.000000',
    updatedAt: '2025-01-01 00:00:00.000000',
  });
  const entered = rows.map((row, index) => ({
    ...row,
    uploadId: insertId,
    rowNo: index + 2,
    fingerprint: randomBytes(16),
  }));
  if (entered.length > 0) await tables.insert(table).values(entered as unknown as T['$inferInsert'][]);
  return insertId;
}
