/**
 * Tests the whole flow once: a test file causes an event, a job run and a publication.
 *
 * The file belongs to a separate owner, whom the console does not show. It has a header and no rows, so no report
 * counts it.
 * After the test, the file and its rows in the database are removed.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PROBE_OWNER } from '@centflow/console/probe-owner';
import type { Clients } from '@centflow/local-stack/clients';
import { queryRows, withConnection } from '@centflow/local-stack/database';
import { followUploads, isSettled } from '@centflow/local-stack/follow';
import type { RunningStack } from '@centflow/local-stack/running-stack';
import type { Connection } from 'mysql2/promise';

const PREFIX = `raw/expenses/owner=${PROBE_OWNER}/`;
const HEADER = 'date,merchant,category,account,amount,currency,description\n';

/**
 * Sends a file through the flow and removes it.
 *
 * @returns the seconds until the file was published
 * @throws {Error} if the file was not published in time.
 */
export async function probeFlow(stack: RunningStack, clients: Clients, timeoutMs: number): Promise<number> {
  const deadline = Date.now() + timeoutMs;
  const since = performance.now();
  try {
    const objectKey = `${PREFIX}${randomBytes(8).toString('hex')}.csv`;
    const { VersionId = 'null' } = await clients.s3.send(
      new PutObjectCommand({ Bucket: stack.bucket, Key: objectKey, Body: HEADER }),
    );
    const [upload] = await withConnection(stack.databaseUrl, (reporter) =>
      followUploads(reporter, [{ objectKey, versionId: VersionId }], { timeoutMs: deadline - Date.now() }),
    );
    if (!isSettled(upload)) throw new Error(`a test file was not loaded within ${timeoutMs / 1000} s`);
    if (upload.state !== 'published') throw new Error(`a test file was ${upload.state}: ${upload.reason}`);
    return (performance.now() - since) / 1000;
  } finally {
    await removeTraces(stack, clients, deadline);
  }
}

/** Removes the files and rows of this probe, and those of earlier probes that were killed. */
async function removeTraces(stack: RunningStack, { s3 }: Clients, deadline: number): Promise<void> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: stack.bucket, Prefix: PREFIX }),
  );
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
    await s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key, VersionId }));
  }
  await withConnection(stack.adminUrl, async (administrator) => {
    // Wait until the job run for the deletion has found the upload. Afterwards, no job run writes the upload again.
    while (Date.now() < deadline && (await isInUse(administrator))) await sleep(50);
    const ofProbe = 'IN (SELECT upload_id FROM uploads WHERE owner = ?)';
    for (const table of ['upload_summaries', 'quarantined_rows']) {
      await administrator.query(`DELETE FROM ${table} WHERE upload_id ${ofProbe}`, [PROBE_OWNER]);
    }
    for (const table of ['uploads', 'publication_locks']) {
      await administrator.query(`DELETE FROM ${table} WHERE owner = ?`, [PROBE_OWNER]);
    }
  });
}

async function isInUse(administrator: Connection): Promise<boolean> {
  const found = await queryRows(
    administrator,
    "SELECT upload_id FROM uploads WHERE owner = ? AND state IN ('loading', 'published')",
    [PROBE_OWNER],
  );
  return found.length > 0;
}
