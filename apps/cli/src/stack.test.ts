import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { processesLeft, processesOf } from '@centflow/local-processes/processes-of';
import { createClients } from '@centflow/local-stack/clients';
import { queryRows, withConnection } from '@centflow/local-stack/database';
import { readParts } from '@centflow/local-stack/parts-file';
import { type StackDescription, startStack } from '@centflow/local-stack/stack';
import { afterAll, describe, expect, test } from 'vitest';
import { startCommand } from './testing/commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-stack-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startedStack(name: string) {
  const running = startCommand(join(folder, name), ['stack', '--data-dir', join(folder, name), '--only', 'mysql,s3']);
  const line = await running.waitFor('}\n', 280_000);
  return { ...running, description: JSON.parse(line) as StackDescription };
}

describe('stack --only mysql,s3', () => {
  test('prints a bucket and the secret of the loader, and stops when standard input ends', async () => {
    const { child, outcome, description } = await startedStack('a');
    const clients = createClients(description.endpointUrl, description);
    const { SecretString } = await clients.secrets.send(new GetSecretValueCommand({ SecretId: description.secretId }));
    clients.destroy();
    const secret = JSON.parse(SecretString ?? '') as Record<string, string>;
    expect(secret).toMatchObject({
      engine: 'mysql',
      dbname: description.databaseName,
      username: description.loader.user,
    });
    const rows = await withConnection(
      `mysql://${secret.username}:${secret.password}@${secret.host}:${secret.port}/${secret.dbname}`,
      (loader) => queryRows(loader, 'SELECT count(*) AS uploads FROM uploads'),
    );
    expect(rows).toEqual([{ uploads: 0 }]);
    child.stdin?.end();
    expect((await outcome).exitCode).toBe(0);
    expect(processesOf(join(folder, 'a'))).toEqual([]);
  });

  test('leaves no process behind when it is killed with SIGKILL', async () => {
    const { child, outcome } = await startedStack('b');
    expect(processesOf(join(folder, 'b')).length).toBeGreaterThan(1);
    child.kill('SIGKILL');
    await outcome;
    expect(await processesLeft(join(folder, 'b'), 15_000)).toEqual([]);
  });

  test('lets a browser page from another port upload and download objects', async () => {
    const { child, outcome, description } = await startedStack('f');
    for (const method of ['PUT', 'GET', 'HEAD']) {
      const preflight = await fetch(`${description.endpointUrl}/${description.bucket}/raw/expenses/owner=ada/x.csv`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://127.0.0.1:4570',
          'access-control-request-method': method,
          'access-control-request-headers': 'content-type',
        },
      });
      expect(preflight.status).toBe(200);
      const allowed = (name: string) => preflight.headers.get(`access-control-${name}`) ?? '';
      expect(allowed('allow-origin')).toBe('http://127.0.0.1:4570');
      expect(allowed('allow-methods').split(', ')).toContain(method);
      expect(allowed('allow-headers')).toMatch(/\*|content-type/i);
      // The page can read this header only if CORS exposes it. It contains the version of the written object.
      expect(allowed('expose-headers')).toMatch(/\*|x-amz-version-id/i);
    }
    child.stdin?.end();
    expect((await outcome).exitCode).toBe(0);
  });

  test('rejects an unknown part and names it in the error', async () => {
    const { exitCode, stderr } = await startCommand(join(folder, 'c'), [
      'stack',
      '--data-dir',
      folder,
      '--only',
      'redis',
    ]).outcome;
    expect(stderr).toContain('redis is not a part of the stack. The parts are: mysql, s3, flow');
    expect(exitCode).toBe(2);
  });
});

test('a restarted stack still has its database and all versions of its objects', async () => {
  const options = {
    dataFolder: join(folder, 'd'),
    parts: ['mysql', 's3'],
    temporaryDatabase: false,
    bufferPool: '128M',
  } as const;
  const first = await startStack(options);
  const Bucket = first.description.bucket;
  for (const Body of ['one', 'two'])
    await first.clients.s3.send(new PutObjectCommand({ Bucket, Key: 'raw/ä b/x.csv', Body }));
  await first.stop();

  const second = await startStack(options);
  try {
    const { Versions = [] } = await second.clients.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'raw/' }));
    const bodies = await Promise.all(
      Versions.map(async ({ Key, VersionId }) => {
        const { Body } = await second.clients.s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
        return Body?.transformToString();
      }),
    );
    expect(bodies).toEqual(['two', 'one']);
    expect(second.description.reporter).toEqual(first.description.reporter);
    const { loader, databaseHost, databasePort } = second.description;
    await withConnection(
      `mysql://${loader.user}:${loader.password}@${databaseHost}:${databasePort}/centflow`,
      (connection) => queryRows(connection, 'SELECT 1 FROM uploads'),
    );
  } finally {
    await second.stop();
  }
});

test('a stack starts even if a killed stack left a paused process in the same folder', async () => {
  const { child, outcome } = await startedStack('i');
  const left = readParts(join(folder, 'i'))?.parts.flatMap(({ pid }) => (pid === null ? [] : [pid])) ?? [];
  expect(left).toHaveLength(2);
  for (const pid of left) process.kill(pid, 'SIGSTOP');
  child.kill('SIGKILL');
  await outcome;
  const next = await startStack({
    dataFolder: join(folder, 'i'),
    parts: ['mysql', 's3'],
    temporaryDatabase: false,
    bufferPool: '128M',
  });
  expect(next.supervisor.parts().map(({ restarts }) => restarts)).toEqual([0, 0]);
  await next.stop();
  expect(await processesLeft(join(folder, 'i'), 5_000)).toEqual([]);
});

test('two stacks that start at the same time with the same preferred ports use different ports', async () => {
  const preferredPorts = { emulator: 4566, mysql: 3307, console: 4570 };
  const starting = ['g', 'h'].map((name) =>
    startStack({
      dataFolder: join(folder, name),
      parts: ['mysql', 's3'],
      temporaryDatabase: false,
      bufferPool: '128M',
      preferredPorts,
    }),
  );
  const outcomes = await Promise.allSettled(starting);
  const stacks = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  try {
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    for (const [index, { clients, description }] of stacks.entries()) {
      const Bucket = description.bucket;
      await clients.s3.send(new PutObjectCommand({ Bucket, Key: 'raw/mine.csv', Body: String(index) }));
    }
    for (const [index, { clients, description }] of stacks.entries()) {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: description.bucket, Key: 'raw/mine.csv' }));
      expect(await Body?.transformToString()).toBe(String(index));
    }
  } finally {
    for (const stack of stacks) await stack.stop();
  }
});

test('a stack reports the end of the log of a part that does not start, and stops the other parts', async () => {
  const path = join(folder, 'e');
  mkdirSync(join(path, 'mysql'), { recursive: true });
  writeFileSync(join(path, 'mysql', 'ibdata1'), 'not a database');
  await expect(
    startStack({
      dataFolder: path,
      parts: ['mysql', 's3'],
      temporaryDatabase: false,
      bufferPool: '128M',
      limits: { firstAttempts: 2 },
    }),
  ).rejects.toThrow(/MySQL ended with code 1\. Its log, .*mysql\.log, ends with:/);
  expect(readFileSync(join(path, 'logs', 'mysql.log'), 'utf8')).toContain('ERROR');
  expect(processesOf(path)).toEqual([]);
});
