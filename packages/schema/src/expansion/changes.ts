/**
 * Finds the changes between two snapshots, and the statements that drizzle-kit writes for each change.
 *
 * A migration's statement is recognised only if it equals one of these statements. The check therefore does not need to
 * parse SQL.
 */
import { generateMySQLMigration } from 'drizzle-kit/api';
import type { ExpansionRule } from './rules.ts';
import type { ColumnSnapshot, Named, SchemaSnapshot, TableSnapshot, ViewSnapshot } from './snapshot.ts';
import { isWidening } from './widening.ts';

/** One change of the schema. */
export interface Change {
  /** The rule that the change breaks; undefined if the change only expands the schema. */
  readonly rule: ExpansionRule | undefined;
  /** The changed object, such as `expenses.city`. */
  readonly subject: string;
  /** The statements that drizzle-kit writes for the change. */
  readonly statements: readonly string[];
}

/** Returns all changes between two snapshots. */
export async function findChanges(before: SchemaSnapshot, after: SchemaSnapshot): Promise<Change[]> {
  const changes: Promise<Change>[] = [];
  for (const name of namesOf(before.tables, after.tables)) {
    const [old, now] = [before.tables[name], after.tables[name]];
    if (old === undefined && now !== undefined) changes.push(...addedTable(now, before));
    else if (old !== undefined && now === undefined) changes.push(change('drop-table', name, [old], []));
    else if (old !== undefined && now !== undefined) changes.push(...changedTable(old, now));
  }
  for (const name of namesOf(before.views, after.views)) {
    changes.push(...changedView(name, before.views[name], after.views[name]));
  }
  return Promise.all(changes);
}

/** Returns the statement that creates a view. */
export async function createStatement(view: ViewSnapshot): Promise<string> {
  const [statement = ''] = await statementsBetween([], [], [], [view]);
  return statement;
}

/** Removes comments before the statement, and the semicolon and comments after it. */
export function normalise(statement: string): string {
  return statement
    .replace(/^(?:\s*--[^\n]*(?:\n|$))+/, '')
    .replace(/\s*;?\s*(?:\/\*(?!!)[^*]*\*\/\s*)*$/, '')
    .trim();
}

type Parts = Omit<TableSnapshot, 'name' | 'columns'>;

/**
 * Returns the changes for a table that the migration creates. Only a foreign key to an older table can break the
 * previous release.
 */
function addedTable(table: TableSnapshot, before: SchemaSnapshot): Promise<Change>[] {
  const bare = { ...table, foreignKeys: {} };
  const keys = Object.entries(table.foreignKeys).map(([name, key]) => {
    const rule = before.tables[key.tableTo] === undefined ? undefined : 'add-constraint';
    return change(rule, key.tableTo, [bare], [{ ...bare, foreignKeys: { [name]: key } }]);
  });
  return [change(undefined, table.name, [], [bare]), ...keys];
}

function changedTable(before: TableSnapshot, after: TableSnapshot): Promise<Change>[] {
  const table = before.name;
  const columns = namesOf(before.columns, after.columns).flatMap((name) =>
    changedColumn(before, name, before.columns[name], after.columns[name]),
  );
  const parts: readonly (keyof Parts)[] = [
    ...(['indexes', 'foreignKeys', 'compositePrimaryKeys', 'uniqueConstraints', 'checkConstraint'] as const),
  ];
  const others = parts.flatMap((part) => {
    const [old, now]: readonly Named<object>[] = [before[part], after[part]];
    return namesOf(old, now).flatMap((name) => {
      if (JSON.stringify(old?.[name]) === JSON.stringify(now?.[name])) return [];
      const isAdded = old?.[name] === undefined;
      const isPlainIndex = part === 'indexes' && after.indexes[name]?.isUnique === false;
      const rule = isAdded ? (isPlainIndex ? undefined : 'add-constraint') : 'drop-constraint';
      return [change(rule, table, [before], [{ ...before, [part]: withEntry(old ?? {}, name, now?.[name]) }])];
    });
  });
  return [...columns, ...others];
}

function changedColumn(
  table: TableSnapshot,
  name: string,
  before: ColumnSnapshot | undefined,
  after: ColumnSnapshot | undefined,
): Promise<Change>[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const subject = `${table.name}.${name}`;
  const become = (rule: ExpansionRule | undefined, column: ColumnSnapshot | undefined) =>
    change(rule, subject, [table], [{ ...table, columns: withEntry(table.columns, name, column) }]);
  if (before === undefined) return [become(after && isRequired(after) ? 'require-column' : undefined, after)];
  if (after !== undefined) return [become(isWidening(before, after) ? undefined : 'change-column', after)];
  // The release that stops using a required column allows NULL in it. A later release drops the column.
  const nullable = before.notNull ? [become(undefined, { ...before, notNull: false })] : [];
  return [become('drop-column', undefined), ...nullable];
}

function changedView(name: string, before: ViewSnapshot | undefined, after: ViewSnapshot | undefined) {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const views = (view: ViewSnapshot | undefined) => (view === undefined ? [] : [view]);
  if (after === undefined) return [change('drop-view', name, [], [], views(before), [])];
  const lost = namesOf(before?.columns ?? {}).filter((column) => after.columns[column] === undefined);
  const [rule, subject] =
    lost.length > 0 ? (['lose-view-column', `${name}: ${lost.join(', ')}`] as const) : ([undefined, name] as const);
  return [change(rule, subject, [], [], views(before), [after]), change(rule, subject, [], [], [], [after])];
}

/** Whether MySQL rejects an INSERT that omits the column. */
function isRequired(column: ColumnSnapshot): boolean {
  return column.notNull && column.default === undefined && column.generated === undefined && !column.autoincrement;
}

async function change(
  rule: ExpansionRule | undefined,
  subject: string,
  ...snapshots: Parameters<typeof statementsBetween>
): Promise<Change> {
  return { rule, subject, statements: (await statementsBetween(...snapshots)).map(normalise) };
}

/**
 * Returns drizzle-kit's statements for a single change. With several changes, drizzle-kit may ask whether something was
 * renamed.
 */
async function statementsBetween(
  tablesBefore: readonly TableSnapshot[],
  tablesAfter: readonly TableSnapshot[],
  viewsBefore: readonly ViewSnapshot[] = [],
  viewsAfter: readonly ViewSnapshot[] = [],
): Promise<string[]> {
  const [before, after] = [snapshotOf(tablesBefore, viewsBefore), snapshotOf(tablesAfter, viewsAfter)];
  return generateMySQLMigration(before as never, after as never);
}

function snapshotOf(tables: readonly TableSnapshot[], views: readonly ViewSnapshot[]) {
  const byName = (some: readonly { readonly name: string }[]) => Object.fromEntries(some.map((one) => [one.name, one]));
  return {
    ...{ version: '5', dialect: 'mysql', id: '', prevId: '' },
    tables: byName(tables),
    views: byName(views),
    _meta: { schemas: {}, tables: {}, columns: {} },
    internal: { tables: {}, indexes: {} },
  };
}

function withEntry<Definition>(entries: Named<Definition>, name: string, entry: Definition | undefined) {
  const others = Object.entries(entries).filter(([other]) => other !== name);
  return Object.fromEntries(entry === undefined ? others : [...others, [name, entry]]);
}

function namesOf(...records: readonly (Named<unknown> | undefined)[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record ?? {})))];
}
