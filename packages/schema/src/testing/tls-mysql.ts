/** A MySQL server of a test's own, whose certificates it chooses; for what connects over verified TLS. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Connection, createConnection } from 'mysql2/promise';
import { generate } from 'selfsigned';

const localStack = fileURLToPath(new URL('../../../../apps/cli/src/main.ts', import.meta.url));

/** What RDS gives the administrator of a MySQL instance: no SUPER, no SYSTEM_USER. */
const rdsPrivileges =
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, CREATE TEMPORARY TABLES, ' +
  'LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER';

export interface TlsMysql extends AsyncDisposable {
  /** The name that connections ask for, and that goes to this machine. */
  readonly host: string;
  readonly port: number;
  /** As RDS makes them. */
  readonly administrator: { readonly username: string; readonly password: string };
  /** May do everything. */
  readonly root: Connection;
  /** Answers from now on with a certificate of this authority for this host name. */
  present(authority: Authority, hostName: string): Promise<void>;
}

/** Somebody who vouches for servers. */
export interface Authority {
  readonly pem: string;
  readonly key: string;
}

export async function makeAuthority(name: string): Promise<Authority> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { pem: cert, key };
}

export async function startTlsMysql(): Promise<TlsMysql> {
  const folder = await mkdtemp(join(tmpdir(), 'centflow-tls-test-'));
  const { CENTFLOW_MYSQL_URL: _shared, ...environment } = process.env;
  const stack = spawn(process.execPath, [localStack, 'stack', '--only', 'mysql', '--data-dir', join(folder, 'stack')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment,
  });
  const ended = once(stack, 'exit');
  const stop = async () => {
    stack.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const described = await createInterface(stack.stdout)[Symbol.asyncIterator]().next();
  if (described.done) {
    await stop();
    throw new Error('The local stack ended before MySQL was up. Its last words are above.');
  }
  const { databasePort: port, adminUser, adminPassword } = JSON.parse(described.value);

  const root = await createConnection({ host: '127.0.0.1', port, user: adminUser, password: adminPassword });
  const administrator = { username: 'admin', password: `it's "quoted" @:/ ${randomBytes(8).toString('hex')}` };
  await root.query('CREATE USER admin IDENTIFIED BY ?', [administrator.password]);
  await root.query(`GRANT ${rdsPrivileges} ON *.* TO admin WITH GRANT OPTION`);

  let certificates = 0;
  return {
    host: 'localhost',
    port,
    administrator,
    root,
    async present(authority, hostName) {
      const certificate = await generate([{ name: 'commonName', value: hostName }], {
        algorithm: 'sha256',
        ca: { key: authority.key, cert: authority.pem },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'subjectAltName', altNames: [{ type: 2, value: hostName }] },
        ],
      });
      certificates += 1;
      const files = { ca: authority.pem, cert: certificate.cert, key: certificate.private };
      for (const [name, pem] of Object.entries(files)) {
        const file = join(folder, `${certificates}-${name}.pem`);
        await writeFile(file, pem);
        await root.query(`SET GLOBAL ssl_${name} = ?`, [file]);
      }
      await root.query('ALTER INSTANCE RELOAD TLS');
    },
    async [Symbol.asyncDispose]() {
      await root.end();
      await stop();
    },
  };
}
