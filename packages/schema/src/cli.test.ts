import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMigrations } from './read-migrations.ts';
import { createEmptyDatabase, type TestDatabase } from './testing/database.ts';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('cli.ts', import.meta.url));

describe('the command line of the schema', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database?.drop());

  it('migrates the database of the URL and prints the number of steps', async () => {
    const url = new URL(process.env.CENTFLOW_MYSQL_URL as string);
    url.pathname = database.name;
    const steps = (await readMigrations()).length;
    const migrate = () => run(process.execPath, [cli, 'migrate', '--url', url.href]);
    expect((await migrate()).stdout).toBe(`${database.name}: ${steps} steps applied.\n`);
    expect((await migrate()).stdout).toBe(`${database.name}: 0 steps applied.\n`);
  });

  it('requires the passwords in environment variables', async () => {
    const failure = run(process.execPath, [cli, 'set-up', '--database', database.name, '--no-tls']);
    await expect(failure).rejects.toMatchObject({
      code: 1,
      stderr: 'Set the environment variable MIGRATOR_PASSWORD to the password of migrator.\n',
    });
  });
});
