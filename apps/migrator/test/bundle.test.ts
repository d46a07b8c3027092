import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { invokeLambda } from '@centflow/lambda-kit/invoke-lambda';
import { startFakeSecretsManager } from '@centflow/test-kit/fake-secrets-manager';
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

describe('the bundle', () => {
  test('has the same bytes in each build, and includes the folder of migrations', async () => {
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
        'third-party-notices.txt',
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

  test('migrates a database over verified TLS, with secrets from a fake Secrets Manager', async () => {
    await using mysql = await startTlsMysql();
    const authority = await createAuthority('Centflow test authority');
    await mysql.present(authority, mysql.host);
    await using secrets = await startFakeSecretsManager({ 'rds!db': mysql.administrator });
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

  test('names the missing variables if it is not configured', async () => {
    const { error } = await invokeLambda(
      bundle,
      {},
      { AWS_REGION: 'eu-west-1', ENVIRONMENT: 'dev', DATABASE_PORT: 'x' },
    );
    expect(error).toMatch(/ConfigError: .*DATABASE_HOST.*DATABASE_PORT.*LOADER_SECRET/);
  });
});
