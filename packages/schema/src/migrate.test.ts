import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { readMigrations } from './read-migrations.ts';
import { rowsOf } from './session.ts';
import { createEmptyDatabase, type TestDatabase } from './testing/database.ts';

describe('migrate', () => {
  let database: TestDatabase;
  let directory: string;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    directory = await mkdtemp(join(tmpdir(), 'centflow-migrate-test-'));
  });
  afterEach(async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  });

  /** Writes migrations in the same form as drizzle-kit: a journal, and one file of statements for each migration. */
  async function writeMigrations(migrations: Record<string, readonly string[]>): Promise<void> {
    await mkdir(join(directory, 'meta'), { recursive: true });
    const entries = Object.keys(migrations).map((tag, idx) => ({ idx, tag }));
    await writeFile(join(directory, 'meta/_journal.json'), JSON.stringify({ entries }));
    for (const [tag, statements] of Object.entries(migrations)) {
      await writeFile(join(directory, `${tag}.sql`), statements.join('\n--> statement-breakpoint\n'));
    }
  }

  const records = () =>
    rowsOf(
      database.administrator,
      'SELECT tag, step, applied_at IS NOT NULL AS done FROM schema_migrations ORDER BY tag, step',
    );
  const tables = async () =>
    (await rowsOf<Record<string, string>>(database.administrator, 'SHOW TABLES')).flatMap(Object.values);
  const stepsOf = (applied: readonly { tag: string; step: number }[]) => applied.map(({ tag, step }) => [tag, step]);

  it('applies every statement once, and nothing in a second call', async () => {
    const first = await migrate(database.administrator);
    expect(stepsOf(first.applied)).toEqual((await readMigrations()).map(({ tag, step }) => [tag, step]));
    const second = await migrate(database.administrator);
    expect(second).toEqual({ database: database.name, applied: [], unknown: [] });
  });

  it('migrates two databases on one server independently, because the statements contain no database name', async () => {
    const other = await createEmptyDatabase();
    await migrate(other.administrator);
    await migrate(database.administrator);
    await other.drop();
    expect(await rowsOf(database.administrator, 'SELECT * FROM v_transactions')).toEqual([]);
    for (const { statement } of await readMigrations()) expect(statement).not.toMatch(/centflow/i);
  });

  it('distinguishes letter case and accents, also in a database with the server’s default collation', async () => {
    await migrate(database.administrator);
    const collations = await rowsOf<{ collation: string }>(
      database.administrator,
      "SELECT DISTINCT collation_name AS collation FROM information_schema.columns WHERE table_schema = ? AND table_name = 'expenses' AND collation_name IS NOT NULL",
      [database.name],
    );
    expect(collations).toEqual([{ collation: 'utf8mb4_0900_as_cs' }]);
  });

  it('names the failed statement, and continues with it in the next call', async () => {
    await writeMigrations({
      '0000_initial': [
        'CREATE TABLE a (id int PRIMARY KEY)',
        'CREATE TABLE b (id nonsense)',
        'CREATE TABLE c (id int PRIMARY KEY)',
      ],
      '0001_more': ['CREATE TABLE d (id int PRIMARY KEY)'],
    });
    await expect(migrate(database.administrator, { directory })).rejects.toThrow(
      /^MySQL refused migration 0000_initial, step 2 of 3 \(CREATE TABLE b \(id nonsense\)\): .* The earlier steps are applied\. Fix the cause and migrate again\. The migration then continues with this step\.$/,
    );
    expect(await tables()).toEqual(['a', 'schema_migrations']);
    expect(await records()).toEqual([{ tag: '0000_initial', step: 1, done: 1 }]);

    await writeMigrations({
      '0000_initial': [
        'CREATE TABLE a (id int PRIMARY KEY)',
        'CREATE TABLE b (id int PRIMARY KEY)',
        'CREATE TABLE c (id int PRIMARY KEY)',
      ],
      '0001_more': ['CREATE TABLE d (id int PRIMARY KEY)'],
    });
    const { applied } = await migrate(database.administrator, { directory });
    expect(stepsOf(applied)).toEqual([
      ['0000_initial', 2],
      ['0000_initial', 3],
      ['0001_more', 1],
    ]);
    expect(await tables()).toEqual(['a', 'b', 'c', 'd', 'schema_migrations']);
  });

  it('rejects a statement that was changed after it was applied, without changing the database', async () => {
    await writeMigrations({ '0000_initial': ['CREATE TABLE a (id int PRIMARY KEY)'] });
    await migrate(database.administrator, { directory });
    await writeMigrations({
      '0000_initial': ['CREATE TABLE a (id bigint PRIMARY KEY)'],
      '0001_more': ['CREATE TABLE b (id int PRIMARY KEY)'],
    });
    await expect(migrate(database.administrator, { directory })).rejects.toThrow(
      'This database has already applied migration 0000_initial, step 1 of 1 (CREATE TABLE a (id bigint PRIMARY KEY)), but the statement has been changed since.',
    );
    expect(await tables()).toEqual(['a', 'schema_migrations']);
  });

  it('applies each statement only once if two migrators run at the same time', async () => {
    const [one, two] = await Promise.all([database.connectAs('administrator'), database.connectAs('administrator')]);
    const results = await Promise.all([migrate(one), migrate(two)]);
    const steps = (await readMigrations()).length;
    expect(results.map(({ applied }) => applied.length).sort((a, b) => a - b)).toEqual([0, steps]);
  });

  it('reports that another migrator is still running', async () => {
    const other = await database.connectAs('administrator');
    await writeMigrations({ '0000_slow': ['DO sleep(3)'] });
    const slow = migrate(other, { directory });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expect(migrate(database.administrator, { directory, lockSeconds: 1 })).rejects.toThrow(
      `Another session has been migrating ${database.name} for more than 1 s.`,
    );
    await slow;
  });

  it('treats "already exists" as applied if a migrator crashed during that statement', async () => {
    await writeMigrations({
      '0000_initial': ['CREATE TABLE a (id int PRIMARY KEY)', 'CREATE TABLE b (id int PRIMARY KEY)'],
    });
    await migrate(database.administrator, { directory });
    await database.administrator.query('UPDATE schema_migrations SET applied_at = NULL WHERE step = 2');

    const { applied } = await migrate(database.administrator, { directory });
    expect(stepsOf(applied)).toEqual([['0000_initial', 2]]);
    expect(await records()).toEqual([
      { tag: '0000_initial', step: 1, done: 1 },
      { tag: '0000_initial', step: 2, done: 1 },
    ]);
  });

  it('refuses to adopt another program’s table with the same name, even in a second call', async () => {
    await writeMigrations({ '0000_initial': ['CREATE TABLE a (id int PRIMARY KEY)'] });
    await database.administrator.query('CREATE TABLE a (somebody_elses int)');
    for (const _ of ['first', 'second']) {
      await expect(migrate(database.administrator, { directory })).rejects.toThrow("Table 'a' already exists");
    }
  });

  it('accepts a database with migrations of a newer release, and returns their tags', async () => {
    await writeMigrations({
      '0000_initial': ['CREATE TABLE a (id int PRIMARY KEY)'],
      '0001_newer': ['ALTER TABLE a ADD COLUMN note varchar(9)'],
    });
    await migrate(database.administrator, { directory });
    await writeMigrations({ '0000_initial': ['CREATE TABLE a (id int PRIMARY KEY)'] });
    expect(await migrate(database.administrator, { directory })).toEqual({
      database: database.name,
      applied: [],
      unknown: ['0001_newer'],
    });
  });

  it('accepts a migration that contains only a comment', async () => {
    await writeMigrations({
      '0000_initial': ['CREATE TABLE a (id int PRIMARY KEY)'],
      '0001_no_more_b': ['-- The column b goes in a later release.\n-- Nothing reads it from here on.'],
      '0002_more': ['-- a word on why\nCREATE TABLE c (id int PRIMARY KEY)'],
    });
    const { applied } = await migrate(database.administrator, { directory });
    expect(stepsOf(applied)).toEqual([
      ['0000_initial', 1],
      ['0002_more', 1],
    ]);
  });

  it('rejects a connection without a database', async () => {
    const nowhere = await database.connectAs('administrator', { database: '' });
    await expect(migrate(nowhere)).rejects.toThrow('The connection has no database. Add one to the end of its URL');
  });
});
