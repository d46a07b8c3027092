/** Who may do what in the database: three users and their grants. */
import { getTableName } from 'drizzle-orm';
import { getViewConfig } from 'drizzle-orm/mysql-core';
import { escapeId } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { bookkeepingTables } from './generated/bookkeeping.ts';
import { feeds } from './generated/feeds.ts';
import { summaries } from './generated/summaries.ts';
import { views } from './generated/views.ts';
import { prepareSession, rowsOf } from './session.ts';

/** `migrator` changes the schema, `loader` is the job, `reporter` reads the views. */
export const roles = ['migrator', 'loader', 'reporter'] as const;
export type Role = (typeof roles)[number];

/** Who gets the grants, and where. */
export interface GrantOptions {
  readonly database: string;
  /** The MySQL account of each role; its name is the role's where left out. */
  readonly accounts?: Partial<Record<Role, string>>;
  /** The hosts that accounts connect from, `%` where left out. */
  readonly host?: string;
}

/** What making the users takes besides. */
export interface UserOptions extends GrantOptions {
  /** Where the passwords come from. */
  readonly passwordOf: (role: Role) => string;
  /** Refuse connections without TLS: true wherever the network is more than the machine's loopback. */
  readonly requireTls: boolean;
}

/** SQL and, apart from it, its values: the text can be shown, the values hold passwords. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly string[];
}

/** What the migrator may do in its database. Views run with its rights, so it needs those of every view. */
const migratorPrivileges =
  'ALTER, CREATE, CREATE VIEW, DELETE, DROP, INDEX, INSERT, REFERENCES, SELECT, SHOW VIEW, UPDATE';

/** Tables and views, each with what a role may do there. */
const privileges: Readonly<Record<Exclude<Role, 'migrator'>, ReadonlyMap<string, readonly string[]>>> = {
  loader: new Map(
    [...[...Object.values(feeds), ...summaries].map(({ table }) => table), ...bookkeepingTables].map((table) => [
      getTableName(table),
      ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    ]),
  ),
  reporter: new Map(views.map((view) => [getViewConfig(view).name, ['SELECT']])),
};

/** The server refused a user or a grant. Holds nothing of the statement's values: they may be passwords. */
export class GrantError extends Error {
  override readonly name = 'GrantError';

  constructor(statement: string, why: string) {
    super(
      `MySQL refused \`${statement}\`: ${why}. Connect as an administrator who may CREATE USER and GRANT, then do it again: ` +
        'what was granted before stands.',
    );
  }
}

/** Share of the server's connections that reporter may have: however many people look, the loader and an administrator get in. */
const REPORTER_SHARE = 0.5;

/**
 * The statements that make the users, or give existing ones these passwords; before the migrations.
 *
 * @param serverConnections how many connections the server takes from all users
 * @param existing the roles whose users are there. MySQL refuses even `CREATE USER IF NOT EXISTS` for one that a view names as its
 * definer, where the administrator has no SET_USER_ID: RDS's.
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
    // 0: no limit. A number is no value that MySQL would take as a parameter here.
    const connections = role === 'reporter' ? Math.max(1, Math.floor(serverConnections * REPORTER_SHARE)) : 0;
    const how = `${tls} WITH MAX_USER_CONNECTIONS ${connections}`;
    const create = { sql: `CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ? ${how}`, values };
    const alter = { sql: `ALTER USER ?@? IDENTIFIED BY ? ${how}`, values };
    return existing.has(role) ? [alter] : [create, alter];
  });
  // Here, unlike in a table's grant, `_` and `%` in the database's name would match other names.
  const database = escapeId(options.database, true).replace(/[_%]/g, '\\$&');
  const migrator = {
    sql: `GRANT ${migratorPrivileges} ON ${database}.* TO ?@?`,
    values: accountOf(options, 'migrator'),
  };
  return [...users, migrator];
}

/** The statements that let loader and reporter at tables and views; after the migrations. */
export function grantStatements(options: GrantOptions): Statement[] {
  return (['loader', 'reporter'] as const).flatMap((role) =>
    [...privileges[role]].map(([name, granted]) => ({
      sql: `GRANT ${granted.join(', ')} ON ${objectName(options, name)} TO ?@?`,
      values: accountOf(options, role),
    })),
  );
}

/** Makes the users, and gives the migrator the database. The connection is an administrator's. */
export async function createUsers(administrator: Connection, options: UserOptions): Promise<void> {
  await prepareSession(administrator);
  const existing = await existingUsers(administrator, options);
  const serverConnections = await connectionsOf(administrator);
  for (const statement of userStatements(options, serverConnections, existing)) await run(administrator, statement);
}

/** On RDS it follows from the instance's memory, so a new class counts from the next run of the migrator on. */
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
 * Gives loader and reporter their tables and views, and takes from them what else they were given there.
 *
 * @param keepOthers takes nothing: a newer release, which has migrated the database, has granted what this one does not know of
 */
export async function grantPrivileges(
  administrator: Connection,
  options: GrantOptions,
  { keepOthers = false } = {},
): Promise<void> {
  await prepareSession(administrator);
  for (const statement of grantStatements(options)) await run(administrator, statement);
  if (keepOthers) return;
  for (const role of ['loader', 'reporter'] as const) await revokeOthers(administrator, options, role);
}

/**
 * Gives a role a new password, and lets the one it has work on beside it: whoever read the old one from a secret can still
 * connect. The one before that ends. The connection is an administrator's.
 */
export async function changePassword(
  administrator: Connection,
  options: GrantOptions,
  role: Role,
  password: string,
): Promise<void> {
  await prepareSession(administrator);
  await run(administrator, {
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
    await run(administrator, { sql: `REVOKE ${privilege} ON ${objectName(options, name)} FROM ?@?`, values: account });
  }
}

async function run(administrator: Connection, { sql, values }: Statement): Promise<void> {
  try {
    await administrator.query(sql, [...values]);
  } catch (error) {
    // Not as its cause: mysql2 puts the statement with its values into the error.
    throw new GrantError(sql, (error as Error).message);
  }
}

function accountOf(options: GrantOptions, role: Role): [user: string, host: string] {
  return [options.accounts?.[role] ?? role, options.host ?? '%'];
}

function objectName(options: GrantOptions, name: string): string {
  return `${escapeId(options.database, true)}.${escapeId(name, true)}`;
}
