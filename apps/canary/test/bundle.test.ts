import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { invokeLambda } from '@centflow/lambda-kit/invoke-lambda';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { setUpDatabase } from '@centflow/schema/set-up-database';
import { createAuthority, startTlsMysql } from '@centflow/test-kit/tls-mysql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleLambda } from '../build.ts';

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centflow-canary-'));
  bundle = await bundleLambda(join(folder, 'first'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Secrets Manager on the wire, with one secret. */
async function startSecretsManager(id: string, value: object) {
  const server = createServer(async (request, response) => {
    const { SecretId } = (await json(request)) as { SecretId: string };
    const known = SecretId === id;
    response.writeHead(known ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(known ? { SecretString: JSON.stringify(value) } : { __type: 'ResourceNotFoundException' }),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

describe('the bundle', () => {
  test('is the same bytes each time it is built, in one file and its source map', async () => {
    await bundleLambda(join(folder, 'again'));
    const built = await readdir(join(folder, 'first'));
    expect(built.sort()).toEqual(['index.mjs', 'index.mjs.map']);
    for (const name of built) {
      const [first, again] = await Promise.all(
        ['first', 'again'].map((version) => readFile(join(folder, version, name))),
      );
      expect(again?.equals(first ?? Buffer.alloc(0)), name).toBe(true);
    }
  });

  test('reads the views over verified TLS, with a secret as it looks on the wire', async () => {
    await using mysql = await startTlsMysql();
    const authority = await createAuthority('Centflow test authority');
    await mysql.present(authority, mysql.host);
    const { username, password } = mysql.administrator;
    await setUpDatabase({
      administratorUrl: `mysql://${username}:${encodeURIComponent(password)}@${mysql.host}:${mysql.port}`,
      database: 'centflow',
      passwordOf: (role) => `of ${role}`,
      requireTls: true,
      ssl: verifiedTls(authority.pem),
    });
    const reporter = { username: 'reporter', password: 'of reporter', dbname: 'centflow' };
    await using secrets = await startSecretsManager('r', { host: mysql.host, port: mysql.port, ...reporter });
    const { answer, output } = await invokeLambda(
      bundle,
      { owner: 'centflow-canary' },
      {
        AWS_ENDPOINT_URL: secrets.url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        ENVIRONMENT: 'local',
        CANARY_OWNER: 'centflow-canary',
        REPORTER_SECRET: 'r',
        DATABASE_CA: authority.pem,
      },
    );
    expect(answer).toMatchObject({ uploads: [], cashFlow: [], rows: { v_transactions: 0, v_monthly_cash_flow: 0 } });
    const [line] = output.split('\n').filter((written) => written !== '');
    expect(JSON.parse(line ?? '')).toMatchObject({ service: 'canary', environment: 'local', level: 'INFO' });
    expect(output).not.toContain('of reporter');
  });

  test('does not start without its configuration, and says what is missing', async () => {
    const { error } = await invokeLambda(bundle, {}, { AWS_REGION: 'eu-west-1', ENVIRONMENT: 'dev' });
    expect(error).toMatch(/ConfigError: .*CANARY_OWNER.*REPORTER_SECRET/);
  });
});
