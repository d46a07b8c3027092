/** Checks statements that drizzle-kit did not write. The snapshots do not show the effect of such statements. */
import { createStatement, normalise } from './changes.ts';
import type { ExpansionRule } from './rules.ts';
import type { SchemaSnapshot } from './snapshot.ts';

type Broken = readonly [rule: ExpansionRule, subject: string];

const name = '`?(\\w+)`?';

/**
 * The beginnings of statements that break a known rule. The first name in a pattern is the table or view, the second is
 * the column.
 */
const heads: readonly (readonly [RegExp, ExpansionRule])[] = [
  [new RegExp(`^drop table (?:if exists )?${name}`, 'i'), 'drop-table'],
  [new RegExp(`^drop view (?:if exists )?${name}$`, 'i'), 'drop-view'],
  [new RegExp(`^rename table ${name}`, 'i'), 'rename'],
  [new RegExp(`^alter table ${name} rename (?:to|as) `, 'i'), 'rename'],
  [new RegExp(`^alter table ${name} rename column ${name}`, 'i'), 'rename'],
  [new RegExp(`^alter table ${name} drop column ${name}`, 'i'), 'drop-column'],
  [new RegExp(`^drop index \\S+ on ${name}`, 'i'), 'drop-constraint'],
  [new RegExp(`^create unique index \\S+ on ${name}`, 'i'), 'add-constraint'],
  [new RegExp(`^truncate (?:table )?${name}`, 'i'), 'change-rows'],
  [new RegExp(`^delete from ${name}`, 'i'), 'change-rows'],
  [new RegExp(`^(?:insert|replace) (?:ignore )?into ${name}`, 'i'), 'change-rows'],
  [new RegExp(`^update ${name}`, 'i'), 'change-rows'],
];

/** Statements that are safe for a table that the same migration creates. */
const onNewTable = [
  new RegExp(`^insert into ${name} `, 'i'),
  new RegExp(`^alter table ${name} (?:add|modify|drop|alter) `, 'i'),
  new RegExp(`^create (?:unique )?index \\S+ on ${name}`, 'i'),
];

/** What else a statement's check depends on. */
export interface HandWrittenContext {
  readonly before: SchemaSnapshot;
  readonly after: SchemaSnapshot;
  /** The later statements of the same migration. */
  readonly later: readonly string[];
}

/**
 * Returns the rule that a hand-written statement breaks, and the changed object; undefined if the statement is safe.
 */
export async function judgeHandWritten(statement: string, context: HandWrittenContext): Promise<Broken | undefined> {
  const { before, after, later } = context;
  const text = normalise(statement).replace(/\s+/g, ' ');
  // The text contains a second statement, or a comment that MySQL executes.
  if (/;|\/\*!/.test(text)) return ['unknown', ''];

  const table = onNewTable.flatMap((pattern) => pattern.exec(text)?.[1] ?? [])[0];
  if (table !== undefined && before.tables[table] === undefined && after.tables[table] !== undefined) {
    return /\breferences\b/i.test(text) ? ['add-constraint', table] : undefined;
  }
  for (const [pattern, rule] of heads) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const subject = found.slice(1).join('.');
    return rule === 'drop-view' && (await isCreatedAgain(subject, after, later)) ? undefined : [rule, subject];
  }
  return ['unknown', ''];
}

/**
 * Whether a later statement creates the view as in the snapshot. That statement is checked separately for lost columns.
 */
async function isCreatedAgain(name: string, after: SchemaSnapshot, later: readonly string[]): Promise<boolean> {
  const view = after.views[name];
  if (view === undefined) return false;
  const created = normalise(await createStatement(view));
  return later.some((statement) => normalise(statement) === created);
}
