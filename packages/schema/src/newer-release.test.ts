/**
 * Tests what a rollback needs: this release's migrator, loader and reporter work on a database that a newer release has
 * migrated.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateMySQLMigration } from 'drizzle-kit/api';
import { getTableColumns } from 'drizzle-orm';
import type { Connection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStatement } from './expansion/changes.ts';
import { findContractions } from './expansion/contractions.ts';
import { readMigrationSnapshots, type SchemaSnapshot, snapshotPath, type ViewSnapshot } from './expansion/snapshot.ts';
import { expenses } from './feeds/expenses.ts';

import { migrationsDirectory } from './read-migrations.ts';
import { rowsOf } from './session.ts';
import { createEmptyDatabase, setUpTestDatabase, type TestDatabase } from './testing/database.ts';
import { describeViews } from './view-columns.ts';

const TAG = '0999_newer';

describe('this release, on a database that a newer release has migrated', () => {
  let newer: string;
  let database: TestDatabase;

  beforeEach(async () => {
    newer = await mkdtemp(join(tmpdir(), 'centflow-newer-test-'));
    await cp(migrationsDirectory, newer, { recursive: true });
  });
  afterEach(async () => {
    await database?.drop();
    await rm(newer, { recursive: true });
  });

  /**
   * Migrates a database as a newer release would. The migration adds a column, a table, a view, and a column to an
   * existing view.
   *
   * @param others further statements of the migration
   */
  async function migrateNewer(...others: readonly string[]): Promise<void> {
    const before = await readLastSnapshot();
    const after = newerSchema(before);
    const { v_upload_accounting: accounting, v_goals: goals } = after.views;
    await addMigration(after, [
      ...(await generateMySQLMigration(before as never, { ...after, views: before.views } as never)),
      'DROP VIEW `v_upload_accounting`',
      await createStatement(accounting as ViewSnapshot),
      await createStatement(goals as ViewSnapshot),
      ...others,
    ]);
    database = await createEmptyDatabase();
    await setUpTestDatabase(database, { migrations: newer });
    const { administrator, name, accounts } = database;
    await administrator.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.goals TO ?@'%'`, [accounts.loader]);
    await administrator.query(`GRANT SELECT ON ${name}.v_goals TO ?@'%'`, [accounts.reporter]);
  }

  async function readLastSnapshot(): Promise<SchemaSnapshot> {
    const last = (await readMigrationSnapshots()).at(-1);
    if (last === undefined) throw new Error('There is no migration.');
    return last.snapshot;
  }

  async function addMigration(snapshot: SchemaSnapshot, statements: readonly string[]): Promise<void> {
    const file = join(newer, 'meta/_journal.json');
    const journal = JSON.parse(await readFile(file, 'utf8'));
    journal.entries.push({ idx: 999, tag: TAG });
    await writeFile(file, JSON.stringify(journal));
    await writeFile(snapshotPath(newer, TAG), JSON.stringify(snapshot));
    await writeFile(join(newer, `${TAG}.sql`), statements.join('\n--> statement-breakpoint\n'));
  }

  it('migrates without changing a table, view or grant', async () => {
    await migrateNewer();
    // The newer migration obeys the rules for migrations.
    expect((await findContractions(await readMigrationSnapshots(newer))).map(String)).toEqual([]);
    const before = await describeDatabase(database);
    expect(await setUpTestDatabase(database)).toEqual({ database: database.name, applied: [], unknown: [TAG] });
    expect(await describeDatabase(database)).toEqual(before);
    expect(before.grants.join('\n')).toMatch(/v_goals/);

    const [loader, reporter] = [await database.connectAs('loader'), await database.connectAs('reporter')];
    await loader.query("INSERT INTO goals (upload_id, name) VALUES (1, 'A boat')");
    expect(await rowsOf(reporter, 'SELECT * FROM v_goals')).toEqual([{ name: 'A boat' }]);
    expect(await rowsOf(reporter, 'SELECT updated_at FROM v_upload_accounting')).toEqual([]);
  });

  it('inserts an upload with its rows as the loader, and reads them in every view as the reporter', async () => {
    await migrateNewer();
    await setUpTestDatabase(database);
    const [loader, reporter] = [await database.connectAs('loader'), await database.connectAs('reporter')];
    await enterExpense(loader);
    expect(await rowsOf(reporter, 'SELECT month, expense FROM v_monthly_cash_flow')).toEqual([
      { month: '2025-03', expense: '3.8000' },
    ]);
    for (const { name, columns } of describeViews()) {
      const known = columns.map((column) => `\`${column.name}\``).join(', ');
      await reporter.query(`SELECT ${known} FROM ${name}`);
    }
  });

  it('migrates after a newer migration failed half-way, and lets the newer release continue that migration', async () => {
    await expect(migrateNewer('CREATE TABLE `half` (`id` nonsense)')).rejects.toThrow(`migration ${TAG}, step 6 of 6`);
    const { made, migrations } = await describeDatabase(database);
    expect(await setUpTestDatabase(database)).toMatchObject({ applied: [], unknown: [TAG] });
    expect(await describeDatabase(database)).toMatchObject({ made, migrations });
    const loader = await database.connectAs('loader');
    await enterExpense(loader);

    const file = join(newer, `${TAG}.sql`);
    await writeFile(file, (await readFile(file, 'utf8')).replace('nonsense', 'int'));
    const { applied } = await setUpTestDatabase(database, { migrations: newer });
    expect(applied.map(({ tag, step }) => `${tag}/${step}`)).toEqual([`${TAG}/6`]);
  });

  it('keeps unknown grants until the newer release migrates again', async () => {
    await migrateNewer();
    const { administrator, name, accounts } = database;
    await administrator.query(`GRANT SELECT ON ${name}.expenses TO ?@'%'`, [accounts.reporter]);
    await setUpTestDatabase(database);
    expect((await describeDatabase(database)).grants.join('\n')).toMatch(/expenses.*reporter/);
    await setUpTestDatabase(database, { migrations: newer });
    expect((await describeDatabase(database)).grants.join('\n')).not.toMatch(/expenses.*reporter/);
  });
});

/** Returns the schema of a newer release. */
function newerSchema({ tables, views, ...rest }: SchemaSnapshot): SchemaSnapshot {
  const column = { primaryKey: false, notNull: true, autoincrement: false };
  const note = { ...column, name: 'note', type: 'varchar(255)', notNull: false };
  const name = { ...column, name: 'name', type: 'varchar(64)' };
  const { expenses: table } = tables;
  const { v_upload_accounting: accounting } = views;
  if (table === undefined || accounting === undefined) throw new Error('The snapshot lacks a table or view.');
  const goals = {
    ...{ name: 'goals', indexes: {}, foreignKeys: {}, uniqueConstraints: {}, checkConstraint: {} },
    columns: { upload_id: { ...column, name: 'upload_id', type: 'bigint unsigned' }, name },
    compositePrimaryKeys: { goals_upload_id: { name: 'goals_upload_id', columns: ['upload_id'] } },
  };
  return {
    ...rest,
    tables: { ...tables, expenses: { ...table, columns: { ...table.columns, note } }, goals },
    views: {
      ...views,
      v_upload_accounting: {
        ...accounting,
        columns: { ...accounting.columns, updated_at: { ...column, name: 'updated_at', type: 'datetime(6)' } },
        definition: accounting.definition.replace(' from `uploads`', ', `updated_at` from `uploads`'),
      },
      v_goals: { ...accounting, name: 'v_goals', columns: { name }, definition: 'select `name` from `goals`' },
    },
  };
}

/** Inserts an upload with one row. The statements name only the columns of this release. */
async function enterExpense(loader: Connection): Promise<void> {
  const [{ insertId }] = (await loader.query(
    "INSERT INTO uploads (owner, feed, object_key, version_id, state, received_at, updated_at) VALUES ('ann', 'expenses', 'raw/expenses/owner=ann/a.csv', 'v1', 'published', utc_timestamp(6), utc_timestamp(6))",
  )) as unknown as [{ insertId: number }];
  const values: Record<string, unknown> = {
    upload_id: insertId,
    row_no: 2,
    date: '2025-03-02',
    merchant: 'Kaffeehaus',
    category: 'Eating out',
    account: 'Visa',
    amount: '3.80',
    currency: 'EUR',
    description: '',
    fingerprint: Buffer.alloc(16),
    shadowed: false,
  };
  const columns = Object.values(getTableColumns(expenses)).map(({ name }) => name);
  const row = columns.map((column) => values[column] ?? null);
  await loader.query(`INSERT INTO expenses (${columns.map((column) => `\`${column}\``).join(', ')}) VALUES (?)`, [row]);
}

/** Returns everything in the database that a migrator can change. */
async function describeDatabase({ administrator, name, accounts }: TestDatabase) {
  const tables = await rowsOf<{ name: string }>(
    administrator,
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1',
    [name],
  );
  const made: Record<string, unknown> = {};
  for (const table of tables) {
    const [created] = await rowsOf(administrator, `SHOW CREATE TABLE ${table.name}`);
    made[table.name] = created;
  }
  const grants: string[] = [];
  for (const account of Object.values(accounts)) {
    const rows = await rowsOf<Record<string, string>>(administrator, `SHOW GRANTS FOR ${account}`);
    grants.push(...rows.flatMap((row) => Object.values(row)).sort());
  }
  const migrations = await rowsOf(administrator, 'SELECT * FROM schema_migrations ORDER BY tag, step');
  return { made, grants, migrations };
}
