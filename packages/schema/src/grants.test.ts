import { getTableName } from 'drizzle-orm';
import { getViewConfig } from 'drizzle-orm/mysql-core';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookkeepingTables } from './generated/bookkeeping.ts';
import { feeds } from './generated/feeds.ts';
import { summaries } from './generated/summaries.ts';
import { views } from './generated/views.ts';
import { changePassword, createUsers, grantPrivileges, grantStatements, userStatements } from './grants.ts';
import { rowsOf } from './session.ts';
import { createTestDatabase, type TestDatabase, testPassword } from './testing/database.ts';

const tableNames = [...[...Object.values(feeds), ...summaries].map(({ table }) => table), ...bookkeepingTables].map(
  (table) => getTableName(table),
);
const viewNames = views.map((view) => getViewConfig(view).name);

const denied = {
  code: expect.stringMatching(/^ER_(TABLEACCESS|DBACCESS|SPECIFIC_ACCESS|VIEW_INVALID|ACCESS)_?DENIED/),
};

describe('the grants of the three users', () => {
  let database: TestDatabase;
  let loader: Connection;
  let reporter: Connection;
  let migrator: Connection;

  beforeAll(async () => {
    database = await createTestDatabase();
    loader = await database.connectAs('loader');
    reporter = await database.connectAs('reporter');
    migrator = await database.connectAs('migrator');
  });
  afterAll(() => database?.drop());

  it.each(tableNames)('the loader can read and write %s, and the reporter cannot see it', async (table) => {
    await loader.query(`SELECT * FROM ${table}`);
    await loader.query(`DELETE FROM ${table} WHERE false`);
    await expect(reporter.query(`SELECT * FROM ${table}`)).rejects.toMatchObject(denied);
    await expect(reporter.query(`DELETE FROM ${table} WHERE false`)).rejects.toMatchObject(denied);
  });

  it.each(viewNames)('the reporter can read %s, and the loader cannot', async (view) => {
    await reporter.query(`SELECT * FROM ${view}`);
    await expect(loader.query(`SELECT * FROM ${view}`)).rejects.toMatchObject(denied);
  });

  it('the reporter can see the views and nothing else', async () => {
    const names = await rowsOf<{ name: string }>(
      reporter,
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1',
    );
    expect(names.map(({ name }) => name)).toEqual([...viewNames].sort());
  });

  it('the reporter can open half of the connections that the server accepts', async () => {
    const found = await rowsOf<{ user: string; most: number }>(
      database.administrator,
      'SELECT user AS user, max_user_connections AS most FROM mysql.user WHERE user IN (?)',
      [Object.values(database.accounts)],
    );
    const [server] = await rowsOf<{ most: number }>(database.administrator, 'SELECT @@GLOBAL.max_connections AS most');
    const { migrator, loader, reporter } = database.accounts;
    expect(Object.fromEntries(found.map(({ user, most }) => [user, most]))).toEqual({
      [migrator]: 0,
      [loader]: 0,
      [reporter]: Math.floor(Number(server?.most) / 2),
    });
  });

  it('the loader can insert an upload, and the reporter can read it through a view', async () => {
    await loader.query(
      "INSERT INTO uploads (owner, object_key, version_id, state, received_at, updated_at) VALUES ('ann', 'raw/x', 'null', 'rejected', utc_timestamp(6), utc_timestamp(6))",
    );
    await loader.query("UPDATE uploads SET reason = 'no feed'");
    expect(await rowsOf(reporter, 'SELECT owner, reason FROM v_upload_accounting')).toEqual([
      { owner: 'ann', reason: 'no feed' },
    ]);
    await loader.query('DELETE FROM uploads');
  });

  it.each([
    'CREATE TABLE extra (id int)',
    'ALTER TABLE expenses ADD COLUMN extra int',
    'DROP TABLE expenses',
    'TRUNCATE TABLE expenses',
    'CREATE VIEW extra AS SELECT 1 AS one',
    'CREATE INDEX extra ON expenses (date)',
    'SELECT * FROM schema_migrations',
    'SELECT * FROM mysql.user',
  ])('the loader and the reporter cannot run %s', async (statement) => {
    await expect(loader.query(statement)).rejects.toMatchObject(denied);
    await expect(reporter.query(statement)).rejects.toMatchObject(denied);
  });

  it('the migrator can change the schema of its database and no other', async () => {
    await migrator.query('CREATE TABLE extra (id int PRIMARY KEY)');
    await migrator.query('ALTER TABLE extra ADD COLUMN note varchar(9)');
    await migrator.query('CREATE INDEX extra_note ON extra (note)');
    await migrator.query('CREATE VIEW v_extra AS SELECT id FROM extra');
    await migrator.query('DROP VIEW v_extra');
    await migrator.query('DROP TABLE extra');
    await expect(migrator.query('CREATE DATABASE centflow_test_other')).rejects.toMatchObject(denied);
    await expect(migrator.query('CREATE USER somebody')).rejects.toMatchObject(denied);
  });

  it("underscores in the database's name are not wildcards", async () => {
    const lookalike = database.name.replaceAll('_', 'x');
    await database.administrator.query(`CREATE DATABASE ${lookalike}`);
    try {
      await expect(migrator.query(`CREATE TABLE ${lookalike}.extra (id int)`)).rejects.toMatchObject(denied);
    } finally {
      await database.administrator.query(`DROP DATABASE ${lookalike}`);
    }
  });

  it("the views run with the migrator's rights", async () => {
    const definers = await rowsOf<{ definer: string; security: string }>(
      database.administrator,
      'SELECT DISTINCT definer AS definer, security_type AS security FROM information_schema.views WHERE table_schema = ?',
      [database.name],
    );
    expect(definers).toEqual([{ definer: `${database.accounts.migrator}@%`, security: 'DEFINER' }]);
  });

  it('a new release revokes grants of an earlier release', async () => {
    const { administrator, name, accounts } = database;
    await administrator.query(`GRANT SELECT ON ${name}.expenses TO ?@'%'`, [accounts.reporter]);
    await reporter.query('SELECT * FROM expenses');
    await grantPrivileges(administrator, { database: name, accounts });
    await expect(reporter.query('SELECT * FROM expenses')).rejects.toMatchObject(denied);
    await reporter.query('SELECT * FROM v_transactions');
  });

  it('the grants remain if the users are set up again with another password', async () => {
    const { administrator, name, accounts } = database;
    const options = { database: name, accounts, requireTls: false };
    await createUsers(administrator, { ...options, passwordOf: () => 'another' });
    await expect(database.connectAs('reporter')).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' });
    await database.connectAs('reporter', { password: 'another' });
    await createUsers(administrator, { ...options, passwordOf: () => testPassword });
    await database.connectAs('reporter');
  });

  it('the old password stays valid beside the new one until the next change', async () => {
    const { administrator, name, accounts } = database;
    const change = (password: string) =>
      changePassword(administrator, { database: name, accounts }, 'reporter', password);
    await change('second');
    for (const password of [testPassword, 'second']) await database.connectAs('reporter', { password });
    await change('third');
    for (const password of ['second', 'third']) await database.connectAs('reporter', { password });
    await expect(database.connectAs('reporter')).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' });
    await createUsers(administrator, { database: name, accounts, requireTls: false, passwordOf: () => testPassword });
  });

  it('an administrator without the right to grant gets an error that names the remedy and contains no password', async () => {
    const { name, accounts } = database;
    const failure = createUsers(migrator, {
      database: name,
      accounts,
      requireTls: false,
      passwordOf: () => 'hush-hush',
    });
    await expect(failure).rejects.toThrow(/Connect as an administrator with the rights CREATE USER and GRANT OPTION/);
    const error: Error = await failure.catch((reason) => reason);
    expect(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`).not.toContain('hush-hush');
  });
});

describe('userStatements and grantStatements', () => {
  const options = { database: 'money', requireTls: true, passwordOf: (role: string) => `${role}'s secret` };

  it('the statements have no password in their text', () => {
    const text = [...userStatements(options, 100), ...grantStatements(options)].map(({ sql }) => sql).join('\n');
    expect(text).not.toContain('secret');
  });

  it('the statements grant the reporter only SELECT on views', () => {
    const reporters = grantStatements(options).filter(({ values }) => values[0] === 'reporter');
    expect(reporters.map(({ sql }) => sql)).toEqual(
      viewNames.map((view) => `GRANT SELECT ON \`money\`.\`${view}\` TO ?@?`),
    );
  });
});

describe('the users, with requireTls', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ requireTls: true });
  });
  afterAll(() => database?.drop());

  it.each(['migrator', 'loader', 'reporter'] as const)('MySQL refuses %s without TLS', async (role) => {
    await expect(database.connectAs(role)).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' });
    await database.connectAs(role, { ssl: { rejectUnauthorized: false } });
  });
});
