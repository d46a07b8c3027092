/** Runs schemathesis (contract-tests/) against the server, with requests that openapi.json allows or forbids. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiFile } from '../openapi.ts';
import { createFlow } from './flow.ts';
import { endow, startWorld, type World } from './world.ts';

const run = promisify(execFile);
const project = join(import.meta.dirname, '..', '..', 'contract-tests');
const environmentFolder = join(import.meta.dirname, '..', '..', '..', '..', '.local', 'schemathesis');

/** The number of random requests per route, in addition to its examples and boundary values. */
const EXAMPLES = 15;

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await createFlow(world);
  await endow(world, 'ann');
});
afterAll(() => world?.[Symbol.asyncDispose]());

test('every route responds to valid and invalid requests as openapi.json documents', { timeout: 900_000 }, async () => {
  const token = await world.token({ 'custom:owner': 'ann', 'cognito:groups': ['operators'] });
  const command = [
    ...['run', '--frozen', '--quiet', '--project', project, 'schemathesis'],
    ...['--config-file', join(project, 'schemathesis.toml'), 'run', openApiFile],
    ...['--url', world.url, '--max-examples', String(EXAMPLES)],
    ...['--generation-deterministic', '--no-color', '--continue-on-failure'],
    ...['--checks', 'all', '--warnings', 'off', '--request-timeout', '20'],
  ];
  const env = {
    ...process.env,
    UV_PROJECT_ENVIRONMENT: environmentFolder,
    VIRTUAL_ENV: undefined,
    CONSOLE_TOKEN: token,
  };
  const outcome = await run('uv', command, { env, cwd: world.stack.folder, maxBuffer: 64 * 2 ** 20 }).then(
    () => 'passed',
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}\n${stderr}`.replaceAll(token, '<token>'),
  );
  expect(outcome).toBe('passed');
});
