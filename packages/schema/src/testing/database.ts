/** Creates databases for tests on the server that CENTFLOW_MYSQL_URL names. Each database has its own users. */
import { randomBytes } from 'node:crypto';
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { type Role, roles } from '../grants.ts';
import type { Migrated } from '../migrate.ts';
import { setUpDatabase } from '../set-up-database.ts';

/** A database that exists for the duration of a test. */
export interface TestDatabase {
  readonly name: string;
  readonly accounts: Readonly<Record<Role, string>>;
  /** The administrator's connection to the database. */
  readonly administrator: Connection;
  /** The administrator's connection, wrapped for typed inserts. */
  readonly tables: MySql2Database;
  /** Opens another connection to the database as a role or as the administrator. */
  connectAs(role: Role | 'administrator', options?: ConnectionOptions): Promise<Connection>;
  /** Closes all connections, and removes the database and its users. */
  drop(): Promise<void>;
}

/** The password of every test user. */
export const testPassword = `it's "quoted" \\ and long`;

/** Opens an administrator's connection without a database. */
export async function connectAsAdministrator(options: ConnectionOptions = {}): Promise<Connection> {
  // Returns dates as text as MySQL writes them, because a JavaScript Date would lose the microseconds.
  return await createConnection({ uri: serverUrl(), dateStrings: true, ...options });
}

/** Creates an empty database, without tables, users or grants. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const id = randomBytes(5).toString('hex');
  const name = `centflow_test_${id}`;
  const accounts = { migrator: `migrator_${id}`, loader: `loader_${id}`, reporter: `reporter_${id}` };
  const opened: Connection[] = [];
  const open = async (options: ConnectionOptions) => {
    const connection = await connectAsAdministrator({ database: name, ...options });
    opened.push(connection);
    return connection;
  };

  const server = await connectAsAdministrator();
  await server.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci`);
  await server.end();
  const administrator = await open({});
  return {
    name,
    accounts,
    administrator,
    tables: drizzle(administrator),
    connectAs: (role, options = {}) =>
      open(role === 'administrator' ? options : { user: accounts[role], password: testPassword, ...options }),
    drop: async () => {
      await administrator.query(`DROP DATABASE IF EXISTS ${name}`);
      for (const role of roles) await administrator.query('DROP USER IF EXISTS ?', [accounts[role]]);
      await Promise.all(opened.map((connection) => connection.end()));
    },
  };
}

/** Options for the set-up of a test database. */
export interface TestSetUp {
  readonly requireTls?: boolean;
  /** A folder of migrations to use instead of this package's migrations. */
  readonly migrations?: string;
}

/** Creates a database with users, tables, views and grants. */
export async function createTestDatabase(options: TestSetUp = {}): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  await setUpTestDatabase(database, options);
  return database;
}

/** Migrates a test database like the migrator. The database may already be set up. */
export function setUpTestDatabase(
  { name, accounts }: TestDatabase,
  { requireTls = false, migrations }: TestSetUp = {},
): Promise<Migrated> {
  return setUpDatabase({
    administratorUrl: serverUrl(),
    database: name,
    accounts,
    passwordOf: () => testPassword,
    requireTls,
    ...(requireTls ? { ssl: { rejectUnauthorized: false } } : {}),
    ...(migrations === undefined ? {} : { migrations }),
  });
}

function serverUrl(): string {
  const url = process.env.CENTFLOW_MYSQL_URL;
  if (!url) throw new Error("Set CENTFLOW_MYSQL_URL to an administrator's URL, such as mysql://root@127.0.0.1:3306.");
  return url;
}
