import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What the local stack says of its MySQL when it is up. */
interface Stack {
  readonly databaseHost: string;
  readonly databasePort: number;
  readonly adminUser: string;
  readonly adminPassword: string;
}

const localStack = fileURLToPath(new URL('../../../../apps/cli/src/main.ts', import.meta.url));

/** Starts a MySQL server for the tests, unless CENTFLOW_MYSQL_URL names one; gives what stops it. */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.CENTFLOW_MYSQL_URL) return undefined;

  const dataDirectory = await mkdtemp(join(tmpdir(), 'centflow-schema-test-'));
  const arguments_ = [localStack, 'stack', '--only', 'mysql', '--data-dir', dataDirectory, '--json'];
  const stack = spawn(process.execPath, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(stack, 'exit');

  for await (const line of createInterface(stack.stdout)) {
    const { databaseHost, databasePort, adminUser, adminPassword }: Stack = JSON.parse(line);
    const url = new URL(`mysql://${databaseHost}:${databasePort}`);
    url.username = adminUser;
    url.password = adminPassword;
    process.env.CENTFLOW_MYSQL_URL = url.href;
    return async () => {
      stack.stdin.end();
      await ended;
      await rm(dataDirectory, { recursive: true, force: true });
    };
  }
  throw new Error('The local stack ended before MySQL was up. Its last words are above.');
}
