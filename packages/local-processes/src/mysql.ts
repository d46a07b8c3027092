/** Runs a private MySQL 8 server with a separate data directory, on loopback only and without root privileges. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { type Certificate, writeCertificate } from './certificates.ts';
import { localFolder, type ToolPaths } from './paths.ts';
import { removeSocketFolder, socketPath } from './socket-path.ts';
import { type Part, startPart } from './supervise.ts';

const run = promisify(execFile);

/** The address of the server, and the credentials of an administrator. */
export interface Administrator {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /**
   * The certificate, as PEM, of the authority that issued the server's certificate; undefined for an external server.
   */
  readonly authority?: string;
}

export interface MysqlServer {
  readonly administrator: Administrator;
  readonly part: Part;
  /** The Unix socket, for local connections without TLS. */
  readonly socket: string;
  stop(): Promise<void>;
}

export interface MysqlOptions {
  readonly tools: ToolPaths;
  readonly dataFolder: string;
  /** The folder of the socket. */
  readonly temporaryFolder: string;
  readonly logFile: string;
  readonly port: number;
  readonly password: string;
  /** The size of InnoDB's cache in MySQL's notation, such as `256M`. */
  readonly bufferPool: string;
  /** The server's certificate. By default, MySQL generates a certificate, but no client can verify it. */
  readonly certificate?: Certificate;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
  /** Whether the data may be lost when the machine crashes. If true, commits do not wait for the disk. */
  readonly isThrowAway?: boolean;
}

/**
 * Returns the administrator of the external server in `CENTFLOW_MYSQL_URL`, or undefined if the variable is not set.
 */
export function administratorFromUrl(url: string | undefined): Administrator | undefined {
  if (url === undefined || url === '') return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'mysql:' || parsed.username === '') {
    throw new Error(
      'CENTFLOW_MYSQL_URL must name an administrator of a MySQL 8 server: mysql://user:password@host:3306',
    );
  }
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 3306),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
  };
}

/** Starts the server. Creates its data folder if it does not exist. */
export async function startMysql(options: MysqlOptions): Promise<MysqlServer> {
  const { tools, dataFolder, port, password } = options;
  if (!existsSync(dataFolder)) await copyTemplate(tools, dataFolder);
  const socket = socketPath(options.temporaryFolder, 'mysql.sock');
  // A killed server does not remove these files.
  for (const file of [socket, `${socket}.lock`]) rmSync(file, { force: true });
  const part = await startPart({
    name: 'MySQL',
    command: join(tools.mysqlHome, 'bin', 'mysqld'),
    args: [
      '--no-defaults',
      ...asRoot(),
      `--datadir=${dataFolder}`,
      `--lc-messages-dir=${join(tools.mysqlHome, 'share')}`,
      `--socket=${socket}`,
      `--pid-file=${join(dataFolder, 'mysqld.pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--mysqlx=0',
      // The job loads with LOAD DATA LOCAL.
      '--local-infile=1',
      '--default-time-zone=+00:00',
      // This server needs no binary log, because it has no replicas. Commits are durable without the log.
      '--skip-log-bin',
      `--innodb-flush-log-at-trx-commit=${options.isThrowAway ? 2 : 1}`,
      `--innodb-buffer-pool-size=${options.bufferPool}`,
      '--innodb-redo-log-capacity=1G',
      '--innodb-io-capacity=2000',
      // With the default of 16 MB, a GROUP BY over all owners spills to disk. For 10^6 rows, the query takes over 8 s
      // instead of 2 s.
      '--tmp-table-size=256M',
      '--max-heap-table-size=256M',
      '--max-connections=200',
      '--performance-schema=OFF',
      ...withCertificate(options),
    ],
    env: { LD_LIBRARY_PATH: tools.mysqlLibraries },
    logFile: options.logFile,
    isReady: () => answers(socket),
    readyWithinMs: 180_000,
    stopWithinMs: 30_000,
    signal: options.signal,
  });
  const stop = async () => {
    await part.stop();
    removeSocketFolder(socket, options.temporaryFolder);
  };
  try {
    await setAdministrator(socket, password);
  } catch (error) {
    await stop();
    throw error;
  }
  // By default, MySQL creates an authority in the data directory. Callers that pass a certificate already know its
  // authority.
  const authority =
    options.certificate === undefined ? { authority: readFileSync(join(dataFolder, 'ca.pem'), 'ascii') } : {};
  const administrator = { host: '127.0.0.1', port, user: 'root', password, ...authority };
  return { administrator, part: { ...part, stop }, socket, stop };
}

function withCertificate({ certificate, temporaryFolder }: MysqlOptions): string[] {
  if (certificate === undefined) return [];
  const files = writeCertificate(certificate, temporaryFolder, 'mysql');
  return [`--ssl-cert=${files.certificate}`, `--ssl-key=${files.key}`];
}

/** Returns the option that mysqld requires if the current user is root, or no option. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** Creates a data directory as a copy of a template. Initialising one takes 5 s, copying it 0.1 s. */
async function copyTemplate(tools: ToolPaths, dataFolder: string): Promise<void> {
  const template = join(localFolder, 'mysql', 'template');
  if (!existsSync(template)) {
    const unfinished = mkdtempSync(`${template}-`);
    await run(
      join(tools.mysqlHome, 'bin', 'mysqld'),
      [
        '--no-defaults',
        ...asRoot(),
        '--initialize-insecure',
        `--datadir=${unfinished}`,
        `--lc-messages-dir=${join(tools.mysqlHome, 'share')}`,
        '--innodb-redo-log-capacity=1G',
      ],
      { env: { ...process.env, LD_LIBRARY_PATH: tools.mysqlLibraries } },
    );
    // This file contains the server's UUID. Remove it, so that MySQL creates a new UUID in each copy of the folder.
    rmSync(join(unfinished, 'auto.cnf'), { force: true });
    moveUnlessThere(unfinished, template);
  }
  mkdirSync(dirname(dataFolder), { recursive: true });
  const copy = mkdtempSync(`${dataFolder}-`);
  cpSync(template, copy, { recursive: true });
  renameSync(copy, dataFolder);
}

/**
 * Moves a folder, unless another process has already created the target. A rename never replaces a folder that contains
 * files.
 */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    rmSync(from, { recursive: true });
  }
}

async function answers(socketPath: string): Promise<boolean> {
  if (!existsSync(socketPath)) return false;
  try {
    const connection = await createConnection({ socketPath, user: 'nobody', connectTimeout: 1000 });
    await connection.end();
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'ER_ACCESS_DENIED_ERROR';
  }
}

/** Sets the password of root. In a new data directory root has no password and can connect only through the socket. */
async function setAdministrator(socketPath: string, password: string): Promise<void> {
  const connection = await createConnection({ socketPath, user: 'root', password }).catch(() =>
    createConnection({ socketPath, user: 'root' }),
  );
  try {
    await connection.query("CREATE USER IF NOT EXISTS 'root'@'127.0.0.1'");
    await connection.query("GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION");
    for (const host of ['127.0.0.1', 'localhost']) {
      await connection.query(`ALTER USER 'root'@'${host}' IDENTIFIED BY ?`, [password]);
    }
  } finally {
    await connection.end();
  }
}
