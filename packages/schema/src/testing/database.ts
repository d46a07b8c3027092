/** Databases for tests: each its own, with its own users, on the server that CENTFLOW_MYSQL_URL names. */
import { randomBytes } from 'node:crypto';
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { type Role, roles } from '../grants.ts';
import type { Migrated } from '../migrate.ts';
import { setUpDatabase } from '../set-up-database.ts';

/** A database that lasts for a test. */
export interface TestDatabase {
  readonly name: string;
  readonly accounts: Readonly<Record<Role, string>>;
  /** The administrator, in the database. */
  readonly administrator: Connection;
  /** The same connection, for typed inserts. */
  readonly tables: MySql2Database;
  /** Another connection to the database: a role's, or the administrator's. */
  connectAs(role: Role | 'administrator', options?: ConnectionOptions): Promise<Connection>;
  /** Ends all connections and removes database and users. */
  drop(): Promise<void>;
}

/** Password of every test user. */
export const testPassword = `it's "quoted" \\ and long`;

/** An administrator's connection without a database. */
export async function connectAsAdministrator(options: ConnectionOptions = {}): Promise<Connection> {
  // Cells as MySQL writes them: a JavaScript Date would lose microseconds.
  return await createConnection({ uri: serverUrl(), dateStrings: true, ...options });
}

/** Makes an empty database, without tables, users or grants. */
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

/** How a test database is set up. */
export interface TestSetUp {
  readonly requireTls?: boolean;
  /** The folder of other migrations than ours. */
  readonly migrations?: string;
}

/** Makes a database with everything in it: users, tables, views and grants. */
export async function createTestDatabase(options: TestSetUp = {}): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  await setUpTestDatabase(database, options);
  return database;
}

/** Does what a migrator does, also with a database that was set up before. */
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
