import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFakeAws } from './fake-aws.ts';

const program = join(import.meta.dirname, '..', 'run-locally.ts');
let runFolder: string;

beforeAll(async () => {
  runFolder = await mkdtemp(join(tmpdir(), 'centflow-run-'));
});
afterAll(() => rm(runFolder, { recursive: true, force: true }));

describe('run-locally.ts', () => {
  test('runs the trigger with the sample event against the AWS emulator of the local stack', async () => {
    await using aws = await startFakeAws();
    const variables = {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      UPLOADS_BUCKET: 'centflow-local-uploads',
    };
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(runFolder, 'env'), lines.join(''));
    const { stdout } = await promisify(execFile)(process.execPath, [program], {
      env: { ...process.env, CENTFLOW_RUN_DIR: runFolder },
    });
    expect(stdout).toContain('Job run started');
    expect(stdout).toContain('"batchItemFailures": []');
    expect(aws.seen[0]?.body).toContain('raw/expenses/owner=ada/statement-2025-01-to-06.csv');
  });
});
