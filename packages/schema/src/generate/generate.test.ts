import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../migrate.ts';
import { readMigrations } from '../read-migrations.ts';
import { rowsOf } from '../session.ts';
import { createEmptyDatabase } from '../testing/database.ts';
import { repository } from './source-files.ts';

const run = promisify(execFile);

const savingsGoals = `
import { mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { currencyCode, money, month } from '../columns.ts';
import { defineFeed } from '../define-feed.ts';
import { rowKey, rowState } from '../row-columns.ts';

export const savingsGoals = mysqlTable(
  'savings_goals',
  {
    ...rowKey(),
    month: month('month').notNull(),
    goal: varchar('goal', { length: 64 }).notNull(),
    amount: money('amount').notNull(),
    currency: currencyCode('currency').notNull(),
    ...rowState(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
);

export default defineFeed(savingsGoals, {
  title: 'Savings goals',
  description: 'Money meant to be kept.',
  headers: { month: 'By when.', goal: 'What for.', amount: 'How much.', currency: 'Of what.' },
  naturalKey: ['month', 'goal', 'currency'],
  rules: { period: 'month', money: { amount: 'amount', currency: 'currency' } },
  samples: [{ month: '2026-06', goal: 'A boat', amount: '9000.00', currency: 'EUR' }],
});
`;

describe('npm run generate', () => {
  let copy: string;
  const generate = (...flags: string[]) =>
    run(process.execPath, [join(copy, 'packages/schema/src/generate.ts'), ...flags]);
  const read = (path: string) => readFile(join(copy, path), 'utf8');

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'centflow-generate-test-'));
    for (const path of [
      'packages/schema/src',
      'packages/schema/migrations',
      'glue/centflow_glue/contracts',
      'glue/tests/views.json',
      'docs/data-model.md',
      'samples',
    ]) {
      await cp(join(repository, path), join(copy, path), { recursive: true });
    }
    for (const file of ['package.json', 'drizzle.config.ts']) {
      await cp(join(repository, 'packages/schema', file), join(copy, 'packages/schema', file));
    }
    await symlink(join(repository, 'packages/schema/node_modules'), join(copy, 'packages/schema/node_modules'));
  });
  afterAll(() => rm(copy, { recursive: true }));

  it('accepts the committed files as up to date', async () => {
    await generate('--check');
  });

  it('reports and repairs generated files that are changed, missing or left over', async () => {
    await writeFile(join(copy, 'glue/centflow_glue/contracts/expenses.json'), '{}\n');
    await rm(join(copy, 'samples/raw/incomes/example.csv'));
    await mkdir(join(copy, 'samples/raw/former_feed'));
    await writeFile(join(copy, 'samples/raw/former_feed/example.csv'), 'date\n');

    const { stderr } = await generate('--check').catch((error: { stderr: string }) => error);
    expect(stderr.split('\n')).toEqual([
      'Out of date: glue/centflow_glue/contracts/expenses.json',
      'Out of date: samples/raw/former_feed/example.csv',
      'Out of date: samples/raw/incomes/example.csv',
      'Run `npm run generate` and commit the files that it writes.',
      '',
    ]);
    await generate();
    expect(await read('samples/raw/incomes/example.csv')).toContain('Nordlicht GmbH');
  });

  it('writes all other files of a new feed, given only the file that defines the feed', async () => {
    await writeFile(join(copy, 'packages/schema/src/feeds/savings-goals.ts'), savingsGoals);
    await expect(generate('--check')).rejects.toThrow('Out of date: glue/centflow_glue/contracts/savings_goals.json');

    const before = new Set((await readMigrations()).map(({ tag }) => tag)).size;
    const tag = `${String(before).padStart(4, '0')}_savings-goals`;
    const { stdout } = await generate('--name', 'savings-goals');
    expect(stdout.trim().split('\n')).toEqual([
      'docs/data-model.md',
      'glue/centflow_glue/contracts/savings_goals.json',
      'packages/schema/src/generated/feeds.ts',
      'packages/schema/src/views/rendered/v_row_identities.sql',
      'samples/raw/savings_goals/example.csv',
      `packages/schema/migrations/${tag}.sql`,
    ]);
    expect(await read('packages/schema/src/generated/feeds.ts')).toContain('savings_goals: savingsGoals');
    expect(await read('samples/raw/savings_goals/example.csv')).toBe(
      'month,goal,amount,currency\n2026-06,A boat,9000.00,EUR\n',
    );
    await generate('--check');

    const database = await createEmptyDatabase();
    try {
      const { applied } = await migrate(database.administrator, {
        directory: join(copy, 'packages/schema/migrations'),
      });
      // The feed's table, and the view that reads every feed.
      expect(applied.at(-1)).toMatchObject({ tag, step: 2, of: 2 });
      expect(await rowsOf(database.administrator, 'SELECT * FROM savings_goals')).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it('reports a missing migration if the migrations do not create a table as it is defined', async () => {
    const file = join(copy, 'packages/schema/src/feeds/savings-goals.ts');
    await writeFile(file, savingsGoals.replace('length: 64', 'length: 80'));
    await expect(generate('--check')).rejects.toThrow(
      'Out of date: packages/schema/migrations: a migration is missing',
    );
    await writeFile(file, savingsGoals);
  });

  it('rejects a migration that removes what the previous release uses, unless the header gives a reason', async () => {
    const file = join(copy, 'packages/schema/src/feeds/savings-goals.ts');
    const [, type = ''] = /(goal: varchar.*)/.exec(savingsGoals) ?? [];
    await writeFile(file, savingsGoals.replace(type, type.replace('64', '32')));
    await expect(generate('--name', 'shorter')).rejects.toThrow(
      /Migration \d+_shorter, step 1 of 1 \(ALTER TABLE `savings_goals` MODIFY COLUMN `goal` varchar\(32\) NOT NULL;\) breaks the rule change-column \(savings_goals\.goal\)/,
    );
    await expect(generate('--check')).rejects.toThrow('breaks the rule change-column');

    const tags = (await readMigrations(join(copy, 'packages/schema/migrations'))).map(({ tag }) => tag);
    const migration = join(copy, 'packages/schema/migrations', `${tags.at(-1)}.sql`);
    const header = '-- contract: goals are words; unused since 0000_initial';
    await writeFile(migration, `${header}\n${await readFile(migration, 'utf8')}`);
    await generate('--check');
  });

  it('adds an empty migration with --custom, for a statement that the snapshots do not show', async () => {
    const { stdout } = await generate('--custom', '--name', 'drop-goal');
    const path = join(copy, stdout.trim());
    expect(path).toMatch(/\d+_drop-goal\.sql$/);
    const statement = 'ALTER TABLE `savings_goals` DROP COLUMN `goal`;';
    await writeFile(path, statement);
    await expect(generate('--check')).rejects.toThrow('breaks the rule drop-column (savings_goals.goal)');
    await writeFile(path, `-- contract: goals have no names; unused since 0000_initial\n${statement}`);
    await generate('--check');
  });

  it('reports a feed whose file name does not match its table', async () => {
    await cp(
      join(copy, 'packages/schema/src/feeds/savings-goals.ts'),
      join(copy, 'packages/schema/src/feeds/wishes.ts'),
    );
    await expect(generate('--check')).rejects.toThrow(
      'Feed savings_goals: the file src/feeds/wishes.ts has another name than the table. Rename it to savings-goals.ts.',
    );
    await rm(join(copy, 'packages/schema/src/feeds/wishes.ts'));
  });
});
