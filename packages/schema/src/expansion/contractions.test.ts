import { generateMySQLMigration } from 'drizzle-kit/api';
import { describe, expect, it } from 'vitest';
import { findContractions } from './contractions.ts';
import { type ExpansionRule, expansionRules } from './rules.ts';
import { type ColumnSnapshot, type Migration, readMigrationSnapshots, type SchemaSnapshot } from './snapshot.ts';

type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;
type Draft = Writable<SchemaSnapshot>;

const column = (name: string, type: string, more: Partial<ColumnSnapshot> = {}) => ({
  ...{ name, type, primaryKey: false, notNull: false, autoincrement: false },
  ...more,
});
const byName = <One extends { name: string }>(...some: One[]) => Object.fromEntries(some.map((one) => [one.name, one]));
const table = (name: string, ...columns: ColumnSnapshot[]) => ({
  ...{ name, columns: byName(...columns), indexes: {}, foreignKeys: {}, compositePrimaryKeys: {} },
  ...{ uniqueConstraints: {}, checkConstraint: {} },
});
const view = (name: string, ...columns: string[]) => ({
  ...{ name, isExisting: false, algorithm: 'undefined', sqlSecurity: 'definer' },
  columns: byName(...columns.map((one) => column(one, 'text'))),
  definition: `select ${columns.map((one) => `\`${one}\``).join(', ')} from \`expenses\``,
});
const index = (name: string, isUnique: boolean, ...columns: string[]) => ({ name, columns, isUnique });

const initial: SchemaSnapshot = {
  ...{ version: '5', dialect: 'mysql', id: '', prevId: '' },
  ...{ _meta: { schemas: {}, tables: {}, columns: {} }, internal: { tables: {}, indexes: {} } },
  tables: {
    expenses: {
      ...table(
        'expenses',
        column('upload_id', 'bigint unsigned', { notNull: true }),
        column('city', 'varchar(64)'),
        column('amount', 'decimal(19,4)', { notNull: true }),
        column('rows_read', 'int', { notNull: true, default: 0 }),
        column('state', "enum('a','b')", { notNull: true }),
        column('checksum', 'binary(16)', { notNull: true }),
      ),
      indexes: byName(index('expenses_city', false, 'city')),
      compositePrimaryKeys: byName({ name: 'pk', columns: ['upload_id'] }),
      checkConstraint: byName({ name: 'c', value: '`amount` > 0' }),
    },
  },
  views: byName(view('v_spend', 'owner', 'month', 'amount')),
};

/** Returns an edited copy of a schema. `edit` changes the copy, and also receives the copy's table `expenses`. */
function edited(edit: (draft: Draft, expenses: Draft['tables'][string]) => void, from = initial): SchemaSnapshot {
  const draft = structuredClone(from) as Draft;
  edit(draft, draft.tables.expenses as Draft['tables'][string]);
  return draft;
}

const expensesColumn = (name: string, type: string, more: Partial<ColumnSnapshot> = {}) =>
  edited((_, expenses) => {
    expenses.columns[name] = column(name, type, more);
  });

/** Returns the statements that drizzle-kit writes for a change of the schema. */
const generated = (after: SchemaSnapshot, before = initial) =>
  generateMySQLMigration(before as never, after as never) as Promise<string[]>;

function migration(tag: string, snapshot: SchemaSnapshot, statements: readonly string[]): Migration {
  const of = statements.length;
  return {
    tag,
    snapshot,
    steps: statements.map((statement, step) => ({ tag, step: step + 1, of, statement, sha256: '' })),
  };
}

/** Finds the contractions in a migration with these statements. It changes the schema from `initial` to `after`. */
const find = (after: SchemaSnapshot, ...statements: readonly string[]) =>
  findContractions([migration('0000_initial', initial, []), migration('0001_next', after, statements)]);
const goals = table('goals', column('id', 'int', { notNull: true }));
const withGoals = edited((draft) => {
  draft.tables.goals = goals;
});

describe('findContractions, for statements that drizzle-kit wrote', () => {
  it.each<[string, SchemaSnapshot]>([
    [
      'a new table with a unique key',
      edited((draft) => {
        const name = column('name', 'varchar(9)', { notNull: true });
        const unique = byName({ name: 'goals_name', columns: ['name'] });
        draft.tables.goals = { ...table('goals', name), uniqueConstraints: unique };
      }),
    ],
    [
      'a plain index',
      edited((_, expenses) => {
        expenses.indexes.expenses_amount = index('expenses_amount', false, 'amount');
      }),
    ],
    ['a nullable column', expensesColumn('note', 'varchar(255)')],
    ['a required column with a default', expensesColumn('kind', 'varchar(9)', { notNull: true, default: "'a'" })],
    [
      'a required column that MySQL calculates',
      expensesColumn('double', 'decimal(20,4)', { notNull: true, generated: { as: '(`amount` * 2)', type: 'stored' } }),
    ],
    [
      'several columns and an index over them',
      edited((_, expenses) => {
        expenses.columns.one = column('one', 'int');
        expenses.columns.two = column('two', 'int');
        expenses.indexes.both = index('both', false, 'one', 'two');
      }),
    ],
    ['a default that looks like SQL', expensesColumn('odd', 'varchar(64)', { default: "'NOT NULL, DROP `city`; --'" })],
    ['a longer text', expensesColumn('city', 'varchar(128)')],
    ['a decimal with more digits', expensesColumn('amount', 'decimal(24,4)', { notNull: true })],
    ['a column that may be NULL from now on', expensesColumn('amount', 'decimal(19,4)')],
    ['a wider integer', expensesColumn('rows_read', 'bigint', { notNull: true, default: 0 })],
    ['an enum with one more word', expensesColumn('state', "enum('a','b','c')", { notNull: true })],
    ['a new default', expensesColumn('city', 'varchar(64)', { default: "'x'" })],
    [
      'a new view',
      edited((draft) => {
        draft.views.v_new = view('v_new', 'one');
      }),
    ],
    [
      'a view with more columns',
      edited((draft) => {
        draft.views.v_spend = view('v_spend', 'owner', 'amount', 'city', 'month');
      }),
    ],
    [
      'a view with its columns in another order',
      edited((draft) => {
        draft.views.v_spend = view('v_spend', 'amount', 'month', 'owner');
      }),
    ],
  ])('accepts %s', async (_, after) => {
    const statements = await generated(after);
    expect(statements).not.toEqual([]);
    expect(await find(after, ...statements)).toEqual([]);
  });

  it.each<[ExpansionRule, subject: string, what: string, after: SchemaSnapshot]>([
    [
      ...(['drop-table', 'expenses', 'a table'] as const),
      edited((draft) => {
        delete draft.tables.expenses;
      }),
    ],
    [
      ...(['drop-column', 'expenses.city', 'a column'] as const),
      edited((_, expenses) => {
        delete expenses.columns.city;
      }),
    ],
    [
      ...(['drop-view', 'v_spend', 'a view'] as const),
      edited((draft) => {
        delete draft.views.v_spend;
      }),
    ],
    [
      ...(['lose-view-column', 'v_spend: month', 'a column of a view'] as const),
      edited((draft) => {
        draft.views.v_spend = view('v_spend', 'owner', 'amount');
      }),
    ],
    ['change-column', 'expenses.city', 'a shorter text', expensesColumn('city', 'varchar(32)')],
    ['change-column', 'expenses.city', 'NOT NULL', expensesColumn('city', 'varchar(64)', { notNull: true })],
    [
      'change-column',
      'expenses.city',
      'another collation',
      expensesColumn('city', 'varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'),
    ],
    ['change-column', 'expenses.city', 'another kind of text', expensesColumn('city', 'text')],
    ['change-column', 'expenses.amount', 'more decimals', expensesColumn('amount', 'decimal(24,6)', { notNull: true })],
    ['change-column', 'expenses.amount', 'a float', expensesColumn('amount', 'double', { notNull: true })],
    ['change-column', 'expenses.rows_read', 'no default', expensesColumn('rows_read', 'bigint', { notNull: true })],
    [
      'change-column',
      'expenses.rows_read',
      'a narrower integer',
      expensesColumn('rows_read', 'smallint', { notNull: true, default: 0 }),
    ],
    [
      'change-column',
      'expenses.state',
      'the words of an enum in another order',
      expensesColumn('state', "enum('b','a','c')", { notNull: true }),
    ],
    [
      'change-column',
      'expenses.checksum',
      'a longer binary',
      expensesColumn('checksum', 'binary(32)', { notNull: true }),
    ],
    [
      'change-column',
      'expenses.amount',
      'a column that MySQL calculates from now on',
      expensesColumn('amount', 'decimal(19,4)', { notNull: true, generated: { as: '(1)', type: 'stored' } }),
    ],
    ['require-column', 'expenses.note', 'a required column', expensesColumn('note', 'varchar(255)', { notNull: true })],
    [
      ...(['add-constraint', 'expenses', 'a check'] as const),
      edited((_, expenses) => {
        Object.assign(expenses.checkConstraint, byName({ name: 'c2', value: '`amount` < 9' }));
      }),
    ],
    [
      ...(['add-constraint', 'expenses', 'a unique index'] as const),
      edited((_, expenses) => {
        expenses.indexes.u = index('u', true, 'city');
      }),
    ],
    [
      ...(['add-constraint', 'expenses', 'a unique constraint'] as const),
      edited((_, expenses) => {
        Object.assign(expenses.uniqueConstraints, byName({ name: 'u', columns: ['city'] }));
      }),
    ],
    [
      ...(['drop-constraint', 'expenses', 'an index'] as const),
      edited((_, expenses) => {
        expenses.indexes = {};
      }),
    ],
    [
      ...(['drop-constraint', 'expenses', 'the primary key'] as const),
      edited((_, expenses) => {
        expenses.compositePrimaryKeys = {};
      }),
    ],
    [
      ...(['drop-constraint', 'expenses', 'a check constraint'] as const),
      edited((_, expenses) => {
        expenses.checkConstraint = {};
      }),
    ],
  ])('reports the broken rule %s (%s) for %s', async (rule, subject, _, after) => {
    const statements = await generated(after);
    const found = await find(after, ...statements);
    expect(found.length).toBeGreaterThan(0);
    for (const { rule: broken, message } of found) {
      expect(broken).toBe(rule);
      expect(message).toContain(`the rule ${rule} (${subject}): `);
    }
  });

  it('reports a foreign key from a new table to a table of the previous release', async () => {
    const key = { name: 'fk', tableFrom: 'goals', tableTo: 'expenses', columnsFrom: ['id'], columnsTo: ['upload_id'] };
    const after = edited((draft) => {
      draft.tables.goals = { ...goals, foreignKeys: byName(key) };
    });
    expect((await find(after, ...(await generated(after)))).map(({ rule }) => rule)).toEqual(['add-constraint']);
  });

  it('compares each migration with the schema that the previous migration leaves', async () => {
    const wider = edited((draft, expenses) => {
      expenses.columns.city = column('city', 'varchar(128)');
      draft.tables.goals = goals;
    });
    const narrower = edited((_, expenses) => {
      expenses.columns.city = column('city', 'varchar(100)');
    });
    const migrations = [
      migration('0000_initial', initial, []),
      migration('0001_wider', wider, await generated(wider)),
      migration('0002_narrower', narrower, await generated(narrower, wider)),
    ];
    const rules = (await findContractions(migrations)).map(({ rule }) => rule);
    expect(rules.sort()).toEqual(['change-column', 'drop-table']);
  });

  it('ignores comments before and after a statement', async () => {
    const after = expensesColumn('note', 'varchar(255)');
    const [statement = ''] = await generated(after);
    expect(await find(after, `-- a word on why\n${statement} /* DROP TABLE \`expenses\` */`)).toEqual([]);
  });

  it('ignores a removal that is only in the snapshot and not in a statement', async () => {
    const without = edited((_, expenses) => {
      delete expenses.columns.checksum;
    });
    expect(await find(without)).toEqual([]);
    expect(await find(without, 'ALTER TABLE `expenses` MODIFY COLUMN `checksum` binary(16);')).toEqual([]);
    const shorter = 'ALTER TABLE `expenses` MODIFY COLUMN `checksum` binary(8);';
    expect((await find(without, shorter)).map(({ rule }) => rule)).toEqual(['unknown']);
  });
});

describe('findContractions, for hand-written statements', () => {
  it.each<[ExpansionRule, subject: string, statement: string]>([
    ['drop-table', 'expenses', 'DROP TABLE `expenses`;'],
    ['drop-table', 'expenses', 'DROP TABLE IF EXISTS expenses'],
    ['drop-column', 'expenses.city', 'ALTER TABLE `expenses` DROP COLUMN `city`;'],
    ['drop-view', 'v_spend', 'DROP VIEW `v_spend`;'],
    ['rename', 'expenses', 'RENAME TABLE `expenses` TO `spending`;'],
    ['rename', 'expenses', 'ALTER TABLE `expenses` RENAME TO `spending`;'],
    ['rename', 'v_spend', 'RENAME TABLE `v_spend` TO `v_spending`;'],
    ['rename', 'expenses.city', 'ALTER TABLE `expenses` RENAME COLUMN `city` TO `town`;'],
    ['drop-constraint', 'expenses', 'DROP INDEX `expenses_city` ON `expenses`;'],
    ['add-constraint', 'expenses', 'CREATE UNIQUE INDEX `u` ON `expenses` (`city`);'],
    ['change-rows', 'expenses', 'TRUNCATE TABLE `expenses`'],
    ['change-rows', 'expenses', 'DELETE FROM expenses WHERE amount = 0'],
    ['change-rows', 'expenses', "UPDATE `expenses` SET `city` = ''"],
    ['change-rows', 'expenses', 'INSERT INTO `expenses` (`upload_id`) VALUES (1)'],
    ['change-rows', 'expenses', 'REPLACE INTO `expenses` (`upload_id`) VALUES (1)'],
    // This statement only adds a column. It is rejected because the snapshots do not contain the column.
    ['unknown', '', 'ALTER TABLE expenses ADD COLUMN note varchar(255) NULL'],
    ['unknown', '', 'ALTER TABLE `expenses` ADD `one` int, ADD INDEX `i` (`one`), ALGORITHM=INPLACE, LOCK=NONE;'],
    ['unknown', '', 'CREATE INDEX `expenses_amount` ON `expenses` (`amount`);'],
    ['unknown', '', 'CREATE VIEW `v_new` AS select 1 as `one`;'],
    ['unknown', '', 'ALTER VIEW `v_spend` AS select * from `expenses`;'],
    ['unknown', '', 'CREATE OR REPLACE VIEW `v_spend` AS (select `owner`, `amount` from `expenses`);'],
    ['unknown', '', 'ALTER TABLE `expenses` ADD `note` int, DROP city;'],
    ['unknown', '', 'ALTER TABLE `expenses` CHANGE COLUMN `city` `town` varchar(64);'],
    ['unknown', '', 'ALTER TABLE `expenses` MODIFY COLUMN `unheard_of` int;'],
    ['unknown', '', 'ALTER TABLE `expenses` ADD FOREIGN KEY (`city`) REFERENCES `cities` (`name`);'],
    ['unknown', '', 'ALTER TABLE `expenses` DROP PRIMARY KEY;'],
    ['unknown', '', 'ALTER TABLE `expenses` ENGINE = MyISAM;'],
    ['unknown', '', 'ALTER TABLE `expenses` CONVERT TO CHARACTER SET ascii;'],
    ['unknown', '', 'DROP VIEW `v_spend`, `v_other`;'],
    ['unknown', '', 'CREATE TRIGGER `t` BEFORE INSERT ON `expenses` FOR EACH ROW SET @a = 1;'],
    ['unknown', '', 'CREATE PROCEDURE `p`() DELETE FROM `expenses`;'],
    ['unknown', '', 'CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY DO DELETE FROM `expenses`;'],
    ['unknown', '', "GRANT ALL ON *.* TO 'reporter'@'%'"],
    ['unknown', '', "REVOKE SELECT ON `v_spend` FROM 'reporter'@'%'"],
    ['unknown', '', 'SET GLOBAL max_connections = 1'],
    ['unknown', '', 'CALL `p`()'],
    ['unknown', '', "LOAD DATA INFILE 'x' INTO TABLE `expenses`"],
    ['unknown', '', 'WITH `a` AS (SELECT 1) DELETE FROM `expenses`'],
    ['unknown', '', 'SELECT 1; DROP TABLE `expenses`;'],
    ['unknown', '', '/*!50000 DROP TABLE `expenses` */'],
  ])('reports the broken rule %s (%s) for the statement %s', async (rule, subject, statement) => {
    const [found, ...others] = await find(initial, statement);
    expect(others).toEqual([]);
    expect(found?.rule).toBe(rule);
    expect(found?.message).toContain(subject === '' ? `the rule ${rule}:` : `the rule ${rule} (${subject}): `);
  });

  it('reports a statement that makes more changes than the snapshot shows', async () => {
    const after = expensesColumn('note', 'varchar(255)');
    const statement = 'ALTER TABLE `expenses` ADD `note` varchar(255), DROP COLUMN `city`;';
    expect((await find(after, statement)).map(({ rule }) => rule)).toEqual(['unknown']);
  });

  it('reports the statement, the rule, the reason and the remedy', async () => {
    const statements = [...(await generated(withGoals)), 'ALTER TABLE `expenses` DROP COLUMN `city`;'];
    expect((await find(withGoals, ...statements)).map(String)).toEqual([
      'ContractionError: Migration 0001_next, step 2 of 2 (ALTER TABLE `expenses` DROP COLUMN `city`;) breaks the rule drop-column (expenses.city): ' +
        'the previous release still names the column in its statements and views, and its values would be lost. ' +
        'First release code that no longer uses it. Remove it in a later release. ' +
        'If no release in use still needs it, begin the migration with `-- contract: <reason>; unused since <tag of an earlier migration>`.',
    ]);
  });

  const creation = (...columns: string[]) =>
    `CREATE ALGORITHM = undefined\nSQL SECURITY definer\nVIEW \`v_spend\` AS (select ${columns.map((one) => `\`${one}\``).join(', ')} from \`expenses\`);`;
  const withView = (...columns: string[]) =>
    edited((draft) => {
      draft.views.v_spend = view('v_spend', ...columns);
    });

  it('accepts a view that is dropped and recreated with all its columns', async () => {
    const wider = ['owner', 'month', 'amount', 'city'];
    expect(await find(withView(...wider), 'DROP VIEW `v_spend`;', creation(...wider))).toEqual([]);
    const narrower = ['owner', 'month', 'city'];
    const found = await find(withView(...narrower), 'DROP VIEW `v_spend`;', creation(...narrower));
    expect(found.map(({ rule }) => rule)).toEqual(['lose-view-column']);
  });

  it('reports a view that is recreated and then dropped', async () => {
    const wider = ['owner', 'month', 'amount', 'city'];
    const statements = ['DROP VIEW `v_spend`;', creation(...wider), 'DROP VIEW `v_spend`;'];
    expect((await find(withView(...wider), ...statements)).map(({ step }) => step.step)).toEqual([3]);
  });

  it('accepts any statement for a table that the same migration creates', async () => {
    const statements = [
      ...(await generated(withGoals)),
      'ALTER TABLE `goals` ADD CONSTRAINT `u` UNIQUE(`id`);',
      'CREATE UNIQUE INDEX `i` ON `goals` (`id`);',
      'ALTER TABLE `goals` ADD `name` varchar(9) NOT NULL;',
      'INSERT INTO `goals` (`id`) VALUES (1);',
    ];
    expect(await find(withGoals, ...statements)).toEqual([]);
  });
});

describe('the contract header of a migration', () => {
  const drop = 'ALTER TABLE `expenses` DROP COLUMN `city`;';

  it('permits removals if it gives a reason and an earlier migration after “unused since”', async () => {
    expect(await find(initial, `-- contract: cities are places now; unused since 0000_initial\n${drop}`)).toEqual([]);
    const header = `-- contract: a; b; unused since 0000_initial\r\n${drop}`;
    expect(await find(initial, header, 'DROP VIEW `v_spend`;')).toEqual([]);
  });

  it('may name a migration without statements after “unused since”', async () => {
    const contract = `-- contract: cities are places now; unused since 0001_next\n${drop}`;
    const migrations = [
      migration('0000_initial', initial, []),
      migration('0001_next', initial, []),
      migration('0002_contract', initial, [contract]),
    ];
    expect(await findContractions(migrations)).toEqual([]);
  });

  it.each([
    '-- contract',
    '-- contract:',
    '-- contract: cities are places now',
    '-- contract: ; unused since 0000_initial',
    '--contract: cities are places now; unused since 0000_initial',
    '-- contract: cities are places now; unused since',
    // The migration itself, and a migration that does not exist.
    '-- contract: cities are places now; unused since 0001_next',
    '-- contract: cities are places now; unused since 0007_dreams',
  ])('is rejected with the text %s', async (line) => {
    const rules = (await find(initial, `${line}\n${drop}`)).map(({ rule }) => rule);
    expect(rules).toEqual([line === '-- contract' ? 'drop-column' : 'contract-header']);
  });

  it('is only valid at the beginning of the migration', async () => {
    const late = `-- contract: cities are places now; unused since 0000_initial\n${drop}`;
    const found = await find(withGoals, ...(await generated(withGoals)), late);
    expect(found.map(({ rule }) => rule)).toEqual(['drop-column']);
  });

  it('does not permit removals in the next migration', async () => {
    const contract = `-- contract: cities are places now; unused since 0000_initial\n${drop}`;
    const migrations = [
      migration('0000_initial', initial, []),
      migration('0001_contract', initial, [contract]),
      migration('0002_next', initial, ['DROP VIEW `v_spend`;']),
    ];
    expect((await findContractions(migrations)).map(({ rule }) => rule)).toEqual(['drop-view']);
  });
});

describe('expansionRules', () => {
  it.each(Object.entries(expansionRules))('gives a reason and an alternative for %s', (_, { why, instead }) => {
    expect(why).toMatch(/^[a-z`]/);
    expect(instead).toMatch(/^[A-Z].*\.$/);
  });
});

describe('the committed migrations', () => {
  it('the committed migrations only expand the schema, unless their header permits removals', async () => {
    expect((await findContractions(await readMigrationSnapshots())).map(String)).toEqual([]);
  });
});
