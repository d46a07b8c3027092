/** Starts a fresh stack below `.local/bench` for each measured part, and provides the actions of its clients. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CopyObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { buildConsole } from '@centflow/cli/build-console';
import { buildTrigger } from '@centflow/cli/build-trigger';
import { CommandError } from '@centflow/command-line/exit';
import { localFolder } from '@centflow/local-processes/paths';
import { connectTo, databaseUrl, queryRows } from '@centflow/local-stack/database';
import { type Accounting, followUploads, isSettled, type Version } from '@centflow/local-stack/follow';
import { type LocalStack, startStack } from '@centflow/local-stack/stack';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { runProgram } from './python.ts';

export const benchFolder = join(localFolder, 'bench');

/** Fixed values make the figures of two machines comparable. */
const BUFFER_POOL = '1G';
export const SPARK_HEAP = '2g';

const SETTLED_WITHIN_MS = 15 * 60_000;
/**
 * MySQL writes changed pages back for some seconds after a load. These writes must not slow down the next measurement.
 */
const DIRTY_PAGES_LEFT = 200;
const QUIET_WITHIN_MS = 20_000;

const putFigures = z.object({ bytes: z.number(), seconds: z.number(), versionId: z.string() });

export interface BenchStack {
  readonly stack: LocalStack;
  readonly administrator: Connection;
  readonly reporter: Connection;
  readonly administratorUrl: string;
}

/** Runs `work` with a fresh stack, and deletes the stack afterwards. */
export async function withBenchStack<Result>(
  signal: AbortSignal,
  say: (text: string) => void,
  work: (bench: BenchStack) => Promise<Result>,
  { withConsole = false } = {},
): Promise<Result> {
  const folder = join(benchFolder, 'stack');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  say('starting a stack');
  process.env.CENTFLOW_SPARK_MEMORY = SPARK_HEAP;
  const stack = await startStack({
    dataFolder: folder,
    logFolder: join(benchFolder, 'logs'),
    parts: ['mysql', 's3', 'flow', ...(withConsole ? (['console'] as const) : [])],
    temporaryDatabase: true,
    bufferPool: BUFFER_POOL,
    trigger: buildTrigger(join(benchFolder, 'logs', 'trigger-build.log')),
    ...(withConsole ? { console: buildConsole(join(benchFolder, 'logs', 'console-build.log')) } : {}),
  });
  const connections: Connection[] = [];
  try {
    await stack.jobWarm;
    const { description: it } = stack;
    const administratorUrl = databaseUrl(it, { user: it.adminUser, password: it.adminPassword });
    for (const address of [administratorUrl, databaseUrl(it, it.reporter)]) {
      connections.push(await connectTo(address));
    }
    const [administrator, reporter] = connections as [Connection, Connection];
    const ended = stack.failed.then((reason) => {
      throw new CommandError(`${reason}; its log is in ${it.logFolder}`);
    });
    return await Promise.race([work({ stack, administrator, reporter, administratorUrl }), ended, whenAborted(signal)]);
  } finally {
    for (const connection of connections) connection.destroy();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Uploads a string or bytes as an object. */
export async function putText({ stack }: BenchStack, objectKey: string, Body: string | Uint8Array): Promise<Version> {
  const { VersionId } = await stack.clients.s3.send(
    new PutObjectCommand({ Bucket: stack.description.bucket, Key: objectKey, Body }),
  );
  return { objectKey, versionId: VersionId ?? 'null' };
}

/** Uploads one object with the given number of expenses, which are generated during the upload. */
export async function putExpenses(
  { stack }: BenchStack,
  objectKey: string,
  rows: number,
  shape: Readonly<Record<string, number>> = {},
): Promise<{ readonly version: Version; readonly bytes: number }> {
  const put = await runProgram({
    name: 'put_expenses',
    args: { rows, ...shape, bucket: stack.description.bucket, key: objectKey },
    interpreter: 'product',
    aws: stack.description,
  });
  const { bytes, versionId } = putFigures.parse(put);
  return { version: { objectKey, versionId }, bytes };
}

/** Copies an object within S3. Unlike an upload, a copy keeps no client busy when the event arrives. */
export async function copyObject({ stack }: BenchStack, from: string, objectKey: string): Promise<Version> {
  const { bucket } = stack.description;
  const { VersionId } = await stack.clients.s3.send(
    new CopyObjectCommand({ Bucket: bucket, Key: objectKey, CopySource: `${bucket}/${from}` }),
  );
  return { objectKey, versionId: VersionId ?? 'null' };
}

/** Waits until all uploads are published. */
export async function untilPublished(
  { reporter }: BenchStack,
  versions: readonly Version[],
  pollMs: number,
): Promise<Accounting[]> {
  const found = await followUploads(reporter, versions, { timeoutMs: SETTLED_WITHIN_MS, pollMs });
  return found.map((upload, index) => {
    if (isSettled(upload) && upload.state === 'published') return upload;
    throw new CommandError(
      `The upload ${versions[index]?.objectKey} is ${upload?.state ?? 'missing in the database'}${upload?.reason ? `: ${upload.reason}` : ''}`,
    );
  });
}

/** Loads small uploads, so that every process is warm before the measurement. */
export async function warmUp(bench: BenchStack, uploads = 3): Promise<void> {
  for (let index = 0; index < uploads; index += 1) {
    const { version } = await putExpenses(bench, `raw/expenses/owner=warm${index}/1000.csv`, 1000);
    await untilPublished(bench, [version], 50);
  }
}

/** Waits until MySQL has written changed pages back. */
export async function untilQuiet({ administrator }: BenchStack): Promise<void> {
  const deadline = Date.now() + QUIET_WITHIN_MS;
  while (Date.now() < deadline) {
    const [row] = await queryRows<{ Value: string }>(
      administrator,
      "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'",
    );
    if (Number(row?.Value) < DIRTY_PAGES_LEFT) return;
    await sleep(200);
  }
}
