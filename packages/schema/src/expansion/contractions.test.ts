import { describe, expect, it } from 'vitest';
import { type MigrationStep, readMigrationsByTag } from '../read-migrations.ts';
import { findContractions } from './contractions.ts';
import { type ExpansionRule, expansionRules } from './rules.ts';

const initial = [
  "CREATE TABLE `expenses` (`upload_id` bigint unsigned NOT NULL, `city` varchar(64), `amount` decimal(19,4) NOT NULL, `rows_read` int NOT NULL DEFAULT 0, `state` enum('a','b') NOT NULL, `checksum` binary(16) NOT NULL, CONSTRAINT `pk` PRIMARY KEY(`upload_id`), CONSTRAINT `c` CHECK(`amount` > 0));",
  'CREATE INDEX `expenses_city` ON `expenses` (`city`);',
  "CREATE ALGORITHM = undefined SQL SECURITY definer VIEW `v_spend` AS (select straight_join `u`.`owner` as `owner`, left(`expenses`.`city`, 7) as `month`, `expenses`.`amount` from `expenses` where `x` = 'a, b');",
];

/** Migrations, each a list of statements. */
function migrationsOf(...migrations: readonly (readonly string[])[]): Map<string, MigrationStep[]> {
  return new Map(
    migrations.map((statements, index) => {
      const tag = index === 0 ? '0000_initial' : `000${index}_next`;
      const of = statements.length;
      return [tag, statements.map((statement, step) => ({ tag, step: step + 1, of, statement, sha256: '' }))];
    }),
  );
}

const find = (...statements: readonly string[]) => findContractions(migrationsOf(initial, statements));

describe('a migration', () => {
  it.each([
    'CREATE TABLE `goals` (`id` int NOT NULL, `name` varchar(9) NOT NULL UNIQUE);',
    'CREATE INDEX `expenses_amount` ON `expenses` (`amount`);',
    'ALTER TABLE `expenses` ADD `note` varchar(255);',
    'ALTER TABLE expenses ADD COLUMN note varchar(255) NULL',
    "ALTER TABLE `expenses` ADD `kind` varchar(9) DEFAULT 'a' NOT NULL;",
    'ALTER TABLE `expenses` ADD `double_amount` decimal(20,4) GENERATED ALWAYS AS (`amount` * 2) STORED NOT NULL;',
    'ALTER TABLE `expenses` ADD `one` int, ADD `two` int, ADD INDEX `i` (`one`, `two`), ALGORITHM=INPLACE, LOCK=NONE;',
    "ALTER TABLE `expenses` ADD `odd` varchar(64) DEFAULT 'NOT NULL, DROP `city`; --';",
    'ALTER TABLE `expenses` MODIFY COLUMN `city` varchar(128);',
    'ALTER TABLE `expenses` MODIFY COLUMN `amount` decimal(24,4) NOT NULL;',
    'ALTER TABLE `expenses` MODIFY COLUMN `amount` decimal(19,4);',
    'ALTER TABLE `expenses` MODIFY COLUMN `rows_read` bigint NOT NULL DEFAULT 0;',
    "ALTER TABLE `expenses` MODIFY COLUMN `state` enum('a','b','c') NOT NULL;",
    "ALTER TABLE `expenses` CHANGE `city` `city` varchar(64) DEFAULT 'x';",
    'CREATE VIEW `v_new` AS select 1 as `one`;',
    'CREATE OR REPLACE VIEW `v_spend` AS (select `owner`, `amount`, `city`, left(`city`, 7) as `month` from `expenses`);',
    'CREATE OR REPLACE VIEW `v_spend` (`amount`, `month`, `owner`) AS SELECT 1, 2, 3',
    '-- a word on why\nCREATE INDEX `expenses_amount` ON `expenses` (`amount`); /* DROP TABLE `expenses` */',
  ])('may expand: %s', (statement) => {
    expect(find(statement)).toEqual([]);
  });

  it.each<[ExpansionRule, subject: string, statement: string]>([
    ['drop-table', 'expenses', 'DROP TABLE `expenses`;'],
    ['drop-table', 'expenses', 'DROP TABLE IF EXISTS expenses'],
    ['drop-column', 'expenses.city', 'ALTER TABLE `expenses` DROP COLUMN `city`;'],
    ['drop-column', 'expenses.city', 'ALTER TABLE `expenses` ADD `note` int, DROP city;'],
    ['drop-view', 'v_spend', 'DROP VIEW `v_spend`;'],
    [
      'lose-view-column',
      'v_spend: month',
      'CREATE OR REPLACE VIEW `v_spend` AS (select `owner`, `amount` from `expenses`);',
    ],
    ['lose-view-column', 'v_spend: owner', 'ALTER VIEW `v_spend` AS select `month`, `t`.`amount` from `expenses`;'],
    ['lose-view-column', 'v_spend: owner, month, amount', 'ALTER VIEW `v_spend` AS select * from `expenses`;'],
    ['rename', 'expenses', 'RENAME TABLE `expenses` TO `spending`;'],
    ['rename', 'expenses', 'ALTER TABLE `expenses` RENAME TO `spending`;'],
    ['rename', 'v_spend', 'RENAME TABLE `v_spend` TO `v_spending`;'],
    ['rename', 'expenses.city', 'ALTER TABLE `expenses` RENAME COLUMN `city` TO `town`;'],
    ['rename', 'expenses.city', 'ALTER TABLE `expenses` CHANGE COLUMN `city` `town` varchar(64);'],
    ['change-column', 'expenses.city', 'ALTER TABLE `expenses` MODIFY COLUMN `city` varchar(32);'],
    ['change-column', 'expenses.city', 'ALTER TABLE `expenses` MODIFY COLUMN `city` varchar(64) NOT NULL;'],
    ['change-column', 'expenses.city', 'ALTER TABLE `expenses` MODIFY COLUMN `city` varchar(64) COLLATE utf8mb4_bin;'],
    ['change-column', 'expenses.city', 'ALTER TABLE `expenses` MODIFY COLUMN `city` text;'],
    ['change-column', 'expenses.amount', 'ALTER TABLE `expenses` MODIFY COLUMN `amount` decimal(24,6) NOT NULL;'],
    ['change-column', 'expenses.amount', 'ALTER TABLE `expenses` MODIFY COLUMN `amount` double NOT NULL;'],
    ['change-column', 'expenses.rows_read', 'ALTER TABLE `expenses` MODIFY COLUMN `rows_read` bigint NOT NULL;'],
    [
      'change-column',
      'expenses.rows_read',
      'ALTER TABLE `expenses` MODIFY COLUMN `rows_read` smallint NOT NULL DEFAULT 0;',
    ],
    ['change-column', 'expenses.state', "ALTER TABLE `expenses` MODIFY COLUMN `state` enum('b','a','c') NOT NULL;"],
    ['change-column', 'expenses.checksum', 'ALTER TABLE `expenses` MODIFY COLUMN `checksum` binary(32) NOT NULL;'],
    ['change-column', 'expenses.unheard_of', 'ALTER TABLE `expenses` MODIFY COLUMN `unheard_of` int;'],
    ['require-column', 'expenses.note', 'ALTER TABLE `expenses` ADD `note` varchar(255) NOT NULL;'],
    ['add-constraint', 'expenses', 'ALTER TABLE `expenses` ADD CONSTRAINT `c2` CHECK (`amount` < 9);'],
    ['add-constraint', 'expenses', 'ALTER TABLE `expenses` ADD UNIQUE INDEX `u` (`city`);'],
    ['add-constraint', 'expenses', 'CREATE UNIQUE INDEX `u` ON `expenses` (`city`);'],
    ['add-constraint', 'expenses', 'ALTER TABLE `expenses` ADD FOREIGN KEY (`city`) REFERENCES `cities` (`name`);'],
    ['add-constraint', 'expenses', 'ALTER TABLE `expenses` ADD `note` varchar(9) UNIQUE;'],
    ['drop-constraint', 'expenses', 'DROP INDEX `expenses_city` ON `expenses`;'],
    ['drop-constraint', 'expenses', 'ALTER TABLE `expenses` DROP PRIMARY KEY;'],
    ['drop-constraint', 'expenses', 'ALTER TABLE `expenses` DROP CONSTRAINT `c`;'],
    ['change-rows', 'expenses', 'TRUNCATE TABLE `expenses`'],
    ['change-rows', 'expenses', 'DELETE FROM expenses WHERE amount = 0'],
    ['change-rows', 'expenses', "UPDATE `expenses` SET `city` = ''"],
    ['change-rows', 'expenses', 'INSERT INTO `expenses` (`upload_id`) VALUES (1)'],
    ['unknown', '', 'ALTER TABLE `expenses` ENGINE = MyISAM;'],
    ['unknown', '', 'ALTER TABLE `expenses` CONVERT TO CHARACTER SET ascii;'],
    ['unknown', '', 'CREATE TRIGGER `t` BEFORE INSERT ON `expenses` FOR EACH ROW SET @a = 1;'],
    ['unknown', '', "LOAD DATA INFILE 'x' INTO TABLE `expenses`"],
    ['unknown', '', 'SELECT 1; DROP TABLE `expenses`;'],
    ['unknown', '', '/*!50000 DROP TABLE `expenses` */'],
  ])('may not %s of %s: %s', (rule, subject, statement) => {
    const [found, ...others] = find(statement);
    expect(others).toEqual([]);
    expect(found?.rule).toBe(rule);
    expect(found?.message).toContain(subject === '' ? `the rule ${rule}:` : `the rule ${rule} (${subject}): `);
  });

  it('is told what is wrong where, why, and what to do', () => {
    expect(find('CREATE TABLE `goals` (`id` int);', 'ALTER TABLE `expenses` DROP COLUMN `city`;').map(String)).toEqual([
      'ContractionError: Migration 0001_next, step 2 of 2 (ALTER TABLE `expenses` DROP COLUMN `city`;) breaks the rule drop-column (expenses.city): ' +
        'the release before still names it in its statements and views, and what it holds is lost. ' +
        'Let the code of a release do without it first, and take it away in a later one. ' +
        'Where no release in use needs it any more, begin the migration with `-- contract: <reason>; unused since <tag of an earlier migration>`.',
    ]);
  });

  it('may drop a view and make it again, with all its columns', () => {
    const remade = (columns: string) => [
      'DROP VIEW `v_spend`;',
      `CREATE VIEW \`v_spend\` AS (select ${columns} from \`expenses\`);`,
    ];
    expect(find(...remade('`owner`, `month`, `amount`, `city`'))).toEqual([]);
    expect(find(...remade('`owner`, `month`, `city`')).map(({ rule }) => rule)).toEqual(['lose-view-column']);
  });

  it('may not make a view again and then drop it', () => {
    const [made] = initial.slice(-1) as [string];
    expect(find('DROP VIEW `v_spend`;', made, 'DROP VIEW `v_spend`;').map(({ step }) => step.step)).toEqual([3]);
  });

  it('may do with a table of its own what it likes', () => {
    expect(
      find(
        'CREATE TABLE `goals` (`id` int NOT NULL);',
        'ALTER TABLE `goals` ADD CONSTRAINT `u` UNIQUE(`id`);',
        'CREATE UNIQUE INDEX `i` ON `goals` (`id`);',
        'ALTER TABLE `goals` ADD `name` varchar(9) NOT NULL;',
        'INSERT INTO `goals` (`id`) VALUES (1);',
      ),
    ).toEqual([]);
  });

  it('is judged by what the migrations before it have made', () => {
    const wider = ['ALTER TABLE `expenses` MODIFY COLUMN `city` varchar(128);', 'CREATE TABLE `goals` (`id` int);'];
    const narrower = ['ALTER TABLE `expenses` MODIFY COLUMN `city` varchar(100);', 'DROP TABLE `goals`;'];
    expect(findContractions(migrationsOf(initial, wider, narrower)).map(({ rule }) => rule)).toEqual([
      'change-column',
      'drop-table',
    ]);
  });
});

describe('a migration that contracts', () => {
  const drop = 'ALTER TABLE `expenses` DROP COLUMN `city`;';

  it('says why, and since when nothing uses what it takes away', () => {
    expect(find(`-- contract: cities are places now; unused since 0000_initial\n${drop}`)).toEqual([]);
    expect(find(`-- contract: a; b; unused since 0000_initial\r\n${drop}`, 'DROP VIEW `v_spend`;')).toEqual([]);
  });

  it('may name a migration without a statement: that of the release that did without', () => {
    const contract = `-- contract: cities are places now; unused since 0001_next\n${drop}`;
    expect(findContractions(migrationsOf(initial, [], [contract]))).toEqual([]);
  });

  it.each([
    '-- contract',
    '-- contract:',
    '-- contract: cities are places now',
    '-- contract: ; unused since 0000_initial',
    '--contract: cities are places now; unused since 0000_initial',
    '-- contract: cities are places now; unused since',
    // Itself, and one that does not exist.
    '-- contract: cities are places now; unused since 0001_next',
    '-- contract: cities are places now; unused since 0007_dreams',
  ])('is refused with %s', (line) => {
    const rules = find(`${line}\n${drop}`).map(({ rule }) => rule);
    expect(rules).toEqual([line === '-- contract' ? 'drop-column' : 'contract-header']);
  });

  it('says so at its beginning and nowhere else', () => {
    const late = `-- contract: cities are places now; unused since 0000_initial\n${drop}`;
    expect(find('CREATE TABLE `goals` (`id` int);', late).map(({ rule }) => rule)).toEqual(['drop-column']);
  });

  it('does not let the next one contract', () => {
    const contract = `-- contract: cities are places now; unused since 0000_initial\n${drop}`;
    expect(
      findContractions(migrationsOf(initial, [contract], ['DROP VIEW `v_spend`;'])).map(({ rule }) => rule),
    ).toEqual(['drop-view']);
  });
});

describe('the rules', () => {
  it.each(Object.entries(expansionRules))('say of %s why, and what to do instead', (_, { why, instead }) => {
    expect(why).toMatch(/^[a-z]/);
    expect(instead).toMatch(/^[A-Z].*\.$/);
  });
});

describe('our own migrations', () => {
  it('only expand, but for those that say why they may do more', async () => {
    expect(findContractions(await readMigrationsByTag()).map(String)).toEqual([]);
  });
});
