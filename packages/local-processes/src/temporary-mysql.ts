/** A MySQL server in a temporary folder, for tests. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { type Administrator, startMysql } from './mysql.ts';
import { readToolPaths } from './paths.ts';

export interface TemporaryMysql {
  readonly administrator: Administrator;
  /** The `mysql://` URL of the administrator, with the password. */
  readonly url: string;
  /** A folder that is removed when the server stops. */
  readonly folder: string;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** Starts a server with an empty data directory. */
export async function startTemporaryMysql(): Promise<TemporaryMysql> {
  const folder = mkdtempSync(join(tmpdir(), 'centflow-mysql-'));
  const server = await startMysql({
    tools: readToolPaths(),
    dataFolder: join(folder, 'mysql'),
    temporaryFolder: folder,
    logFile: join(folder, 'mysql.log'),
    port: await freePort(),
    // The password is random, because some tests search the output for it.
    password: randomBytes(12).toString('hex'),
    bufferPool: '256M',
    isThrowAway: true,
  });
  const { host, port, user, password } = server.administrator;
  return {
    administrator: server.administrator,
    url: `mysql://${user}:${password}@${host}:${port}`,
    folder,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
