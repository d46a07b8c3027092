import { escapeId } from 'mysql2';
import { type Connection, type ConnectionOptions, createConnection, type SslOptions } from 'mysql2/promise';
import {
  changePassword,
  createUsers,
  type GrantOptions,
  grantPrivileges,
  type Role,
  type UserOptions,
} from './grants.ts';
import { type Migrated, migrate, requireSuitableServer } from './migrate.ts';

/** The server, and how to connect to it as an administrator. */
export interface AdministratorOptions {
  /**
   * An administrator's URL, such as `mysql://root@127.0.0.1:3306`. If the URL names a database, the database is
   * ignored.
   */
  readonly administratorUrl: string;
  /** How to verify the server's certificate in connections with TLS. */
  readonly ssl?: SslOptions;
}

/** Options of `setUpDatabase`. */
export interface SetUpOptions extends AdministratorOptions, UserOptions {
  /** The folder of the migrations. The default is the folder in this package. */
  readonly migrations?: string;
}

/** Options of `rotatePassword`. */
export interface RotateOptions extends AdministratorOptions, GrantOptions {
  readonly role: Role;
  readonly password: string;
}

/**
 * Creates the database, its users, tables, views and grants. In an existing database, creates only what is missing.
 *
 * The migrations run as `migrator`, so that the views run with the rights of `migrator` and not of the administrator.
 */
export async function setUpDatabase(options: SetUpOptions): Promise<Migrated> {
  const administrator = await connectAsAdministrator(options);
  try {
    await requireSuitableServer(administrator);
    await administrator.query(
      `CREATE DATABASE IF NOT EXISTS ${escapeId(options.database, true)} CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs`,
    );
    await createUsers(administrator, options);

    const migrator = await createConnection({
      ...serverOf(options),
      user: options.accounts?.migrator ?? 'migrator',
      password: options.passwordOf('migrator'),
      database: options.database,
    });
    const directory = options.migrations === undefined ? {} : { directory: options.migrations };
    const migrated = await migrate(migrator, directory).finally(() => migrator.end());

    await grantPrivileges(administrator, options, { keepOthers: migrated.unknown.length > 0 });
    return migrated;
  } finally {
    await administrator.end();
  }
}

/** Changes a role's password. The old password stays valid until the next change. */
export async function rotatePassword(options: RotateOptions): Promise<void> {
  const administrator = await connectAsAdministrator(options);
  try {
    await changePassword(administrator, options, options.role, options.password);
  } finally {
    await administrator.end();
  }
}

function connectAsAdministrator(options: AdministratorOptions): Promise<Connection> {
  const { username, password } = new URL(options.administratorUrl);
  return createConnection({
    ...serverOf(options),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  });
}

function serverOf({ administratorUrl, ssl }: AdministratorOptions): ConnectionOptions {
  const { hostname, port } = new URL(administratorUrl);
  return { host: hostname, port: Number(port || 3306), ...(ssl ? { ssl } : {}) };
}
