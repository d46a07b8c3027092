import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { invokeLambda } from '@centflow/lambda-kit/invoke-lambda';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { setUpDatabase } from '@centflow/schema/set-up-database';
import { startFakeSecretsManager } from '@centflow/test-kit/fake-secrets-manager';
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

describe('the bundle', () => {
  test('has the same bytes in each build, in one file with its source map and notices', async () => {
    await bundleLambda(join(folder, 'again'));
    const built = await readdir(join(folder, 'first'));
    expect(built.sort()).toEqual(['index.mjs', 'index.mjs.map', 'third-party-notices.txt']);
    for (const name of built) {
      const [first, again] = await Promise.all(
        ['first', 'again'].map((version) => readFile(join(folder, version, name))),
      );
      expect(again?.equals(first ?? Buffer.alloc(0)), name).toBe(true);
    }
  });

  test('reads the views over verified TLS, with a secret from a fake Secrets Manager', async () => {
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
    await using secrets = await startFakeSecretsManager({ r: { host: mysql.host, port: mysql.port, ...reporter } });
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

  test('names the missing variables if it is not configured', async () => {
    const { error } = await invokeLambda(bundle, {}, { AWS_REGION: 'eu-west-1', ENVIRONMENT: 'dev' });
    expect(error).toMatch(/ConfigError: .*CANARY_OWNER.*REPORTER_SECRET/);
  });
});
