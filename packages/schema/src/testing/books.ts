/** Writes uploads and their rows for tests, instead of running the job. */
import { randomBytes } from 'node:crypto';
import { type UploadState, uploads } from '../bookkeeping/uploads.ts';
import type { FeedTable, SampleRow } from '../define-feed.ts';
import { summaries } from '../generated/summaries.ts';
import type { TestDatabase } from './database.ts';

/** The values of a row, and whether the row is hidden because another upload shows it. */
export type TestRow<T extends FeedTable> = SampleRow<T> & { readonly shadowed?: boolean };

/** Inserts an upload with some rows, and returns its id. */
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

/** Writes the summaries of every published upload like the job, so that the views read summaries. */
export async function addUpSummaries({ administrator }: Pick<TestDatabase, 'administrator'>): Promise<void> {
  for (const { name, feed, columns } of summaries) {
    const cells = columns.map(({ column, header, part }) => {
      if (part === 'month') return `left(r.${header}, 7)`;
      return column.getSQLType().endsWith('_bin')
        ? `coalesce(r.${header}, '') collate utf8mb4_0900_bin`
        : `r.${header}`;
    });
    const of = `from uploads as u join ${feed.name} as r using (upload_id) where u.state = 'published'`;
    await administrator.query(
      `insert into ${name} select r.upload_id, ${cells.join(', ')}, sum(if(r.shadowed, 0, r.${feed.amount})), sum(not r.shadowed) ${of} group by r.upload_id, ${cells.join(', ')}`,
    );
    await administrator.query(
      `insert into upload_summaries select distinct u.upload_id, '${name}', u.updated_at, true ${of}`,
    );
  }
}
