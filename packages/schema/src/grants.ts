/** The three users of the database and their privileges. */
import { getTableName } from 'drizzle-orm';
import { getViewConfig } from 'drizzle-orm/mysql-core';
import { escapeId } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { bookkeepingTables } from './generated/bookkeeping.ts';
import { feeds } from './generated/feeds.ts';
import { summaries } from './generated/summaries.ts';
import { views } from './generated/views.ts';
import { prepareSession, rowsOf } from './session.ts';

/** The database users: `migrator` changes the schema, `loader` is used by the job, and `reporter` reads the views. */
export const roles = ['migrator', 'loader', 'reporter'] as const;
export type Role = (typeof roles)[number];

/** The database, and the accounts to grant privileges to. */
export interface GrantOptions {
  readonly database: string;
  /** The MySQL account of each role. The default is the name of the role. */
  readonly accounts?: Partial<Record<Role, string>>;
  /** The hosts from which the accounts may connect. The default is `%`, which means any host. */
  readonly host?: string;
}

/** Options for creating the users. */
export interface UserOptions extends GrantOptions {
  /** Returns the password of a role. */
  readonly passwordOf: (role: Role) => string;
  /** Whether MySQL refuses connections without TLS. Must be true unless all connections stay on this machine. */
  readonly requireTls: boolean;
}

/**
 * An SQL statement and its values. They are separate, because the text may be logged and the values contain passwords.
 */
export interface Statement {
  readonly sql: string;
  readonly values: readonly string[];
}

/**
 * The migrator's privileges in its database. Views run with the migrator's rights, so it needs the privileges that each
 * view needs.
 */
const migratorPrivileges =
  'ALTER, CREATE, CREATE VIEW, DELETE, DROP, INDEX, INSERT, REFERENCES, SELECT, SHOW VIEW, UPDATE';

/** The privileges of each role on each table or view. */
const privileges: Readonly<Record<Exclude<Role, 'migrator'>, ReadonlyMap<string, readonly string[]>>> = {
  loader: new Map(
    [...[...Object.values(feeds), ...summaries].map(({ table }) => table), ...bookkeepingTables].map((table) => [
      getTableName(table),
      ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    ]),
  ),
  reporter: new Map(views.map((view) => [getViewConfig(view).name, ['SELECT']])),
};

/**
 * The server refused to create a user or to grant a privilege. The message omits the statement's values, because they
 * may be passwords.
 */
export class GrantError extends Error {
  override readonly name = 'GrantError';

  constructor(statement: string, why: string) {
    super(
      `MySQL refused \`${statement}\`: ${why}. Connect as an administrator with the rights CREATE USER and GRANT OPTION, and run the command again. ` +
        'The earlier grants remain.',
    );
  }
}

/**
 * The maximum share of the server's connections for the reporter. The other connections stay free for the loader and an
 * administrator.
 */
const REPORTER_SHARE = 0.5;

/**
 * Returns the statements that create the users, or set the passwords of existing users. Run them before the migrations.
 *
 * @param serverConnections the number of connections that the server accepts from all users together
 * @param existing the roles whose users exist. These users are altered and not created: for the definer of a view, even
 * `CREATE USER IF NOT EXISTS` needs the privilege SET_USER_ID, which an administrator on RDS does not have.
 */
export function userStatements(
  options: UserOptions,
  serverConnections: number,
  existing: ReadonlySet<Role> = new Set(),
): Statement[] {
  const tls = options.requireTls ? 'REQUIRE SSL' : 'REQUIRE NONE';
  const users = roles.flatMap((role) => {
    const account = accountOf(options, role);
    const password = options.passwordOf(role);
    const values = [...account, password];
    // 0 means no limit. The number is part of the text, because MySQL does not accept a parameter here.
    const connections = role === 'reporter' ? Math.max(1, Math.floor(serverConnections * REPORTER_SHARE)) : 0;
    const how = `${tls} WITH MAX_USER_CONNECTIONS ${connections}`;
    const create = { sql: `CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ? ${how}`, values };
    const alter = { sql: `ALTER USER ?@? IDENTIFIED BY ? ${how}`, values };
    return existing.has(role) ? [alter] : [create, alter];
  });
  // In a grant on a whole database, `_` and `%` in the database's name are wildcards. In a grant on a table they are
  // not.
  const database = escapeId(options.database, true).replace(/[_%]/g, '\\$&');
  const migrator = {
    sql: `GRANT ${migratorPrivileges} ON ${database}.* TO ?@?`,
    values: accountOf(options, 'migrator'),
  };
  return [...users, migrator];
}

/**
 * Returns the statements that grant the loader its tables and the reporter its views. Run them after the migrations.
 */
export function grantStatements(options: GrantOptions): Statement[] {
  return (['loader', 'reporter'] as const).flatMap((role) =>
    [...privileges[role]].map(([name, granted]) => ({
      sql: `GRANT ${granted.join(', ')} ON ${objectName(options, name)} TO ?@?`,
      values: accountOf(options, role),
    })),
  );
}

/** Creates the users and grants the migrator its privileges. Needs an administrator's connection. */
export async function createUsers(administrator: Connection, options: UserOptions): Promise<void> {
  await prepareSession(administrator);
  const existing = await existingUsers(administrator, options);
  const serverConnections = await connectionsOf(administrator);
  for (const statement of userStatements(options, serverConnections, existing)) await execute(administrator, statement);
}

/**
 * Reads the number of connections that the server accepts. On RDS the number depends on the memory of the instance.
 * After a change of the instance class, the limits are correct only when the migrator has run again.
 */
async function connectionsOf(administrator: Connection): Promise<number> {
  const [found] = await rowsOf<{ connections: number }>(
    administrator,
    'SELECT @@GLOBAL.max_connections AS connections',
  );
  return Number(found?.connections);
}

async function existingUsers(administrator: Connection, options: GrantOptions): Promise<Set<Role>> {
  const sql = 'SELECT user AS user, host AS host FROM information_schema.user_attributes';
  const users = await rowsOf<{ user: string; host: string }>(administrator, sql).catch((error: Error) => {
    throw new GrantError(sql, error.message);
  });
  const known = new Set(users.map(({ user, host }) => `${user}@${host}`));
  return new Set(roles.filter((role) => known.has(accountOf(options, role).join('@'))));
}

/**
 * Grants the loader its tables and the reporter its views, and revokes all their other grants in the database.
 *
 * @param keepOthers revokes nothing. Used if a newer release has migrated the database, because it may have granted
 * objects that this release does not know.
 */
export async function grantPrivileges(
  administrator: Connection,
  options: GrantOptions,
  { keepOthers = false } = {},
): Promise<void> {
  await prepareSession(administrator);
  for (const statement of grantStatements(options)) await execute(administrator, statement);
  if (keepOthers) return;
  for (const role of ['loader', 'reporter'] as const) await revokeOthers(administrator, options, role);
}

/**
 * Changes a role's password and keeps the old password valid. So code that has already read the old password from a
 * secret can still connect. An even older password becomes invalid. Needs an administrator's connection.
 */
export async function changePassword(
  administrator: Connection,
  options: GrantOptions,
  role: Role,
  password: string,
): Promise<void> {
  await prepareSession(administrator);
  await execute(administrator, {
    sql: 'ALTER USER ?@? IDENTIFIED BY ? RETAIN CURRENT PASSWORD',
    values: [...accountOf(options, role), password],
  });
}

async function revokeOthers(administrator: Connection, options: GrantOptions, role: 'loader' | 'reporter') {
  const account = accountOf(options, role);
  const held = await rowsOf<{ name: string; privilege: string }>(
    administrator,
    'SELECT table_name AS name, privilege_type AS privilege FROM information_schema.table_privileges WHERE table_schema = ? AND grantee = ?',
    [options.database, `'${account[0]}'@'${account[1]}'`],
  );
  for (const { name, privilege } of held) {
    if (privileges[role].get(name)?.includes(privilege)) continue;
    await execute(administrator, {
      sql: `REVOKE ${privilege} ON ${objectName(options, name)} FROM ?@?`,
      values: account,
    });
  }
}

async function execute(administrator: Connection, { sql, values }: Statement): Promise<void> {
  try {
    await administrator.query(sql, [...values]);
  } catch (error) {
    // Omits the original error as the cause, because mysql2 adds the statement's values to it.
    throw new GrantError(sql, (error as Error).message);
  }
}

function accountOf(options: GrantOptions, role: Role): [user: string, host: string] {
  return [options.accounts?.[role] ?? role, options.host ?? '%'];
}

function objectName(options: GrantOptions, name: string): string {
  return `${escapeId(options.database, true)}.${escapeId(name, true)}`;
}
