/**
 * The command `test-mysql`: runs the tests of schema and job on the MySQL of Debian unstable. Debian unstable's MySQL
 * is newer than RDS's, and the MySQL that the set-up downloads is older. Tests that pass on both versions should also
 * pass on RDS.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@centflow/local-processes/free-port';
import { localFolder, readToolPaths } from '@centflow/local-processes/paths';
import { startPart } from '@centflow/local-processes/supervise';
import type { Command } from 'commander';
import { createConnection } from 'mysql2/promise';
import { runPackageTests } from '../test-all.ts';
import { checkHost, type DebianRoot, enter, makeRoot, removeRoot, rootEnvironment } from './debian-root.ts';

const SUITE = 'sid';
const USER = 'mysql';
const PACKAGES = ['@centflow/schema', '@centflow/glue'];
const LOG_FOLDER = join(localFolder, 'logs', 'machines');

export function addTestMysql(program: Command): void {
  program
    .command('test-mysql')
    .description('run the tests of schema and job on the MySQL of Debian unstable')
    .option('--fresh', 'rebuild the root with the latest MySQL', false)
    .action(testMysql);
}

async function testMysql({ fresh }: { fresh: boolean }): Promise<void> {
  checkHost();
  const logFile = join(LOG_FOLDER, `debian-${SUITE}-root.log`);
  const root = await makeRoot({ suite: SUITE, packages: ['mysql-server-core'], user: USER, fresh, logFile });
  const server = await startServer(root);
  try {
    console.log(
      `MySQL ${server.version}, from Debian ${SUITE}. Tests that start a server themselves use the downloaded MySQL 8.0.`,
    );
    await runPackageTests(readToolPaths(), server.url, PACKAGES);
    console.log(`(with MySQL ${server.version})`);
  } finally {
    await server.stop();
    removeRoot(root);
  }
}

interface Server {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** Starts a server on loopback, with MySQL's defaults and the options that the job needs. */
async function startServer(root: DebianRoot): Promise<Server> {
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  writeAdministrator(root, password);
  const options = [
    '--datadir=$HOME/data',
    '--socket=$HOME/mysql.sock',
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--mysqlx=OFF',
    // The default folder is missing, because another Debian package creates it.
    '--secure-file-priv=NULL',
    // The job loads with LOAD DATA LOCAL.
    '--local-infile=ON',
    '--init-file=$HOME/administrator.sql',
  ];
  const line = `mysqld --no-defaults --initialize-insecure --datadir=$HOME/data && exec mysqld --no-defaults ${options.join(' ')}`;
  const logFile = join(LOG_FOLDER, `debian-${SUITE}-mysql.log`);
  rmSync(logFile, { force: true });
  const [command, ...args] = enter(root, USER, line);
  const url = `mysql://root:${password}@127.0.0.1:${port}`;
  const part = await startPart({
    name: `MySQL in Debian ${SUITE}`,
    command,
    args,
    // The server needs root's PATH, because mysqld is in /usr/sbin.
    env: { ...rootEnvironment('root'), HOME: `/home/${USER}` },
    logFile,
    isReady: async () => (await versionOf(url)) !== undefined,
    readyWithinMs: 180_000,
    stopWithinMs: 30_000,
  });
  return { url, version: (await versionOf(url)) ?? '', stop: part.stop };
}

/** Writes the SQL file that the server runs when it starts. */
function writeAdministrator(root: DebianRoot, password: string): void {
  const file = join(root.home, 'administrator.sql');
  const statements = [
    `CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;",
  ];
  writeFileSync(file, `${statements.join('\n')}\n`, { mode: 0o600 });
  execFileSync('chroot', [root.folder, 'chown', `${USER}:${USER}`, `/home/${USER}/administrator.sql`]);
}

/** Returns the version of the server, or undefined while the server does not answer. */
async function versionOf(uri: string): Promise<string | undefined> {
  try {
    const connection = await createConnection({ uri, connectTimeout: 1000 });
    const [rows] = await connection.query('SELECT VERSION() AS version').finally(() => connection.end());
    return (rows as { version: string }[])[0]?.version;
  } catch {
    return undefined;
  }
}
