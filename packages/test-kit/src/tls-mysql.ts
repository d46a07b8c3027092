/** A MySQL server whose certificates the test chooses, for tests of code that connects over verified TLS. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Authority } from '@centflow/local-processes/certificates';
import { startTemporaryMysql } from '@centflow/local-processes/temporary-mysql';
import { type Connection, createConnection } from 'mysql2/promise';

export { type Authority, createAuthority } from '@centflow/local-processes/certificates';

/** The privileges that RDS for MySQL grants its administrator, without SUPER and SYSTEM_USER. */
const rdsPrivileges =
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, CREATE TEMPORARY TABLES, ' +
  'LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER';

export interface TlsMysql extends AsyncDisposable {
  /** The host name to connect to. It resolves to this machine. */
  readonly host: string;
  readonly port: number;
  /** An administrator with the privileges that RDS grants. */
  readonly administrator: { readonly username: string; readonly password: string };
  /** A connection with all privileges. */
  readonly root: Connection;
  /** Makes the server present a new certificate to each new connection, issued by this authority for this host name. */
  present(authority: Authority, hostName: string): Promise<void>;
}

/** Starts the server. */
export async function startTlsMysql(): Promise<TlsMysql> {
  const server = await startTemporaryMysql();
  const { port, user, password } = server.administrator;

  const root = await createConnection({ host: '127.0.0.1', port, user, password });
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
      const { certificate, key } = await authority.issue(hostName);
      certificates += 1;
      const files = { ca: authority.pem, cert: certificate, key };
      for (const [name, pem] of Object.entries(files)) {
        const file = join(server.folder, `${certificates}-${name}.pem`);
        await writeFile(file, pem);
        await root.query(`SET GLOBAL ssl_${name} = ?`, [file]);
      }
      await root.query('ALTER INSTANCE RELOAD TLS');
    },
    async [Symbol.asyncDispose]() {
      await root.end();
      await server.stop();
    },
  };
}
