/** What a rollback relies on: this release's migrator, loader and reporter on a database that the release after has migrated. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTableColumns } from 'drizzle-orm';
import type { Connection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findContractions } from './expansion/contractions.ts';
import { expenses } from './feeds/expenses.ts';

import { migrationsDirectory, readMigrations, readMigrationsByTag } from './read-migrations.ts';
import { rowsOf } from './session.ts';
import { createEmptyDatabase, setUpTestDatabase, type TestDatabase } from './testing/database.ts';
import { describeViews } from './view-columns.ts';

const TAG = '0999_newer';

describe('on the database of a newer release', () => {
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

  /** The database as the newer release's migrator leaves it: a column, a table and a view more, a view with a column more. */
  async function migrateNewer(...others: readonly string[]): Promise<void> {
    const steps = await readMigrations();
    const accounting = steps.findLast(({ statement }) => statement.includes('VIEW `v_upload_accounting`'))?.statement;
    await addMigration([
      'ALTER TABLE `expenses` ADD `note` varchar(255)',
      'CREATE TABLE `goals` (`upload_id` bigint unsigned NOT NULL, `name` varchar(64) NOT NULL, PRIMARY KEY (`upload_id`))',
      'DROP VIEW `v_upload_accounting`',
      accounting?.replace(' from `uploads`', ', `updated_at` from `uploads`') ?? '',
      'CREATE SQL SECURITY definer VIEW `v_goals` AS SELECT `name` FROM `goals`',
      ...others,
    ]);
    database = await createEmptyDatabase();
    await setUpTestDatabase(database, { migrations: newer });
    const { administrator, name, accounts } = database;
    await administrator.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.goals TO ?@'%'`, [accounts.loader]);
    await administrator.query(`GRANT SELECT ON ${name}.v_goals TO ?@'%'`, [accounts.reporter]);
  }

  async function addMigration(statements: readonly string[]): Promise<void> {
    const file = join(newer, 'meta/_journal.json');
    const journal = JSON.parse(await readFile(file, 'utf8'));
    journal.entries.push({ idx: 999, tag: TAG });
    await writeFile(file, JSON.stringify(journal));
    await writeFile(join(newer, `${TAG}.sql`), statements.join('\n--> statement-breakpoint\n'));
  }

  it('the migrator changes nothing: no table, no view, no grant', async () => {
    await migrateNewer();
    // What is tried here is what a migration may do.
    expect(findContractions(await readMigrationsByTag(newer)).map(String)).toEqual([]);
    const before = await describeDatabase(database);
    expect(await setUpTestDatabase(database)).toEqual({ database: database.name, applied: [], unknown: [TAG] });
    expect(await describeDatabase(database)).toEqual(before);
    expect(before.grants.join('\n')).toMatch(/v_goals/);

    const [loader, reporter] = [await database.connectAs('loader'), await database.connectAs('reporter')];
    await loader.query("INSERT INTO goals (upload_id, name) VALUES (1, 'A boat')");
    expect(await rowsOf(reporter, 'SELECT * FROM v_goals')).toEqual([{ name: 'A boat' }]);
    expect(await rowsOf(reporter, 'SELECT updated_at FROM v_upload_accounting')).toEqual([]);
  });

  it('the loader enters an upload and its rows, and the reporter sees them in every view', async () => {
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

  it('the migrator goes on where the newer one failed half-way, and the newer one after it', async () => {
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

  it('grants are as the newer release wants them again, as soon as it is back', async () => {
    await migrateNewer();
    const { administrator, name, accounts } = database;
    await administrator.query(`GRANT SELECT ON ${name}.expenses TO ?@'%'`, [accounts.reporter]);
    await setUpTestDatabase(database);
    expect((await describeDatabase(database)).grants.join('\n')).toMatch(/expenses.*reporter/);
    await setUpTestDatabase(database, { migrations: newer });
    expect((await describeDatabase(database)).grants.join('\n')).not.toMatch(/expenses.*reporter/);
  });
});

/** One upload of one row, said with this release's columns and no others. */
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

/** Everything that a migrator could change. */
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
