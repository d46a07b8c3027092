import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { invokeLambda } from '@centflow/lambda-kit/invoke-lambda';
import { createAuthority, startTlsMysql } from '@centflow/test-kit/tls-mysql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleLambda } from '../build.ts';

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centflow-migrator-'));
  bundle = await bundleLambda(join(folder, 'first'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Secrets Manager on the wire, with the administrator's secret. */
async function startSecretsManager(administrator: object) {
  const values = new Map([['rds!db', JSON.stringify(administrator)]]);
  const server = createServer(async (request, response) => {
    const { SecretId, SecretString } = (await json(request)) as { SecretId: string; SecretString?: string };
    if (SecretString !== undefined) values.set(SecretId, SecretString);
    const value = values.get(SecretId);
    response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(value === undefined ? { __type: 'ResourceNotFoundException' } : { SecretString: value }),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    values,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

describe('the bundle', () => {
  test('is the same bytes each time it is built, with the migrations beside it', async () => {
    await bundleLambda(join(folder, 'again'));
    const built = await readdir(join(folder, 'first'), { recursive: true, withFileTypes: true });
    const files = built
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'first').length + 1));
    expect(files).toEqual(
      expect.arrayContaining([
        'index.mjs',
        'index.mjs.map',
        'migrations/0000_initial.sql',
        'migrations/meta/_journal.json',
      ]),
    );
    expect(files.some((name) => name.includes('snapshot'))).toBe(false);
    for (const name of files) {
      const [first, again] = await Promise.all(
        ['first', 'again'].map((version) => readFile(join(folder, version, name))),
      );
      expect(again?.equals(first ?? Buffer.alloc(0)), name).toBe(true);
    }
  });

  test('migrates a database over verified TLS, with secrets as they look on the wire', async () => {
    await using mysql = await startTlsMysql();
    const authority = await createAuthority('Centflow test authority');
    await mysql.present(authority, mysql.host);
    await using secrets = await startSecretsManager(mysql.administrator);
    const { answer, output } = await invokeLambda(
      bundle,
      {},
      {
        AWS_ENDPOINT_URL: secrets.url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        ENVIRONMENT: 'local',
        DATABASE_HOST: mysql.host,
        DATABASE_PORT: String(mysql.port),
        DATABASE_NAME: 'centflow',
        DATABASE_CA: authority.pem,
        ADMINISTRATOR_SECRET: 'rds!db',
        MIGRATOR_SECRET: 'm',
        LOADER_SECRET: 'l',
        REPORTER_SECRET: 'r',
      },
    );
    expect(answer).toMatchObject({ database: 'centflow', applied: expect.arrayContaining(['0000_initial/1']) });
    const [line] = output.split('\n').filter((written) => written !== '');
    expect(JSON.parse(line ?? '')).toMatchObject({ service: 'migrator', environment: 'local', level: 'INFO' });
    for (const value of secrets.values.values()) expect(output).not.toContain(JSON.parse(value).password);
  });

  test('does not start without its configuration, and says what is missing', async () => {
    const { error } = await invokeLambda(
      bundle,
      {},
      { AWS_REGION: 'eu-west-1', ENVIRONMENT: 'dev', DATABASE_PORT: 'x' },
    );
    expect(error).toMatch(/ConfigError: .*DATABASE_HOST.*DATABASE_PORT.*LOADER_SECRET/);
  });
});
