import { escapeId } from 'mysql2';
import { createConnection, type SslOptions } from 'mysql2/promise';
import { createUsers, grantPrivileges, type UserOptions } from './grants.ts';
import { type Migrated, migrate } from './migrate.ts';

/** What setting up a database takes. */
export interface SetUpOptions extends UserOptions {
  /** An administrator's URL, such as `mysql://root@127.0.0.1:3306`; a database in it is not looked at. */
  readonly administratorUrl: string;
  /** How to check the server, where connections to it are TLS. */
  readonly ssl?: SslOptions;
}

/**
 * Makes the database, its users, its tables and views, and the grants; on one that is there already, only what is missing.
 *
 * The migrations run as `migrator`, so that the views run with its rights and not with the administrator's.
 */
export async function setUpDatabase(options: SetUpOptions): Promise<Migrated> {
  const url = new URL(options.administratorUrl);
  const server = { host: url.hostname, port: Number(url.port || 3306), ...(options.ssl ? { ssl: options.ssl } : {}) };
  const administrator = await createConnection({
    ...server,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  });
  try {
    await administrator.query(
      `CREATE DATABASE IF NOT EXISTS ${escapeId(options.database, true)} CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs`,
    );
    await createUsers(administrator, options);

    const migrator = await createConnection({
      ...server,
      user: options.accounts?.migrator ?? 'migrator',
      password: options.passwordOf('migrator'),
      database: options.database,
    });
    const migrated = await migrate(migrator).finally(() => migrator.end());

    await grantPrivileges(administrator, options);
    return migrated;
  } finally {
    await administrator.end();
  }
}
