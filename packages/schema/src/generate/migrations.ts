import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { generateMySQLDrizzleJson } from 'drizzle-kit/api';
import type { MySqlTable, MySqlView } from 'drizzle-orm/mysql-core';
import type { View } from '../define-view.ts';
import { describeView } from '../describe-view.ts';
import { type ColumnSnapshot, type SchemaSnapshot, snapshotPath } from '../expansion/snapshot.ts';
import { migrationsDirectory } from '../read-migrations.ts';
import { repository } from './source-files.ts';

const run = promisify(execFile);
const packageDirectory = fileURLToPath(new URL('../../', import.meta.url));

/** Thrown if drizzle-kit could not write the migration. */
export class MigrationGenerationError extends Error {
  override readonly name = 'MigrationGenerationError';
}

/**
 * Runs drizzle-kit to write the migration for changed tables and views. Returns the migration's tag, or null if nothing
 * has changed.
 *
 * @param custom adds an empty migration instead, to fill in by hand
 */
export async function generateMigration(name: string, { custom = false } = {}): Promise<string | null> {
  const before = await lastTag();
  const kit = fileURLToPath(import.meta.resolve('drizzle-kit')).replace(/index\.m?js$/, 'bin.cjs');
  const flags = ['--name', name, ...(custom ? ['--custom'] : [])];
  const { stdout, stderr } = await run(process.execPath, [kit, 'generate', ...flags], { cwd: packageDirectory }).catch(
    (error: { stdout?: string; stderr?: string }) => ({
      stdout: error.stdout ?? '',
      stderr: error.stderr ?? String(error),
    }),
  );
  const after = await lastTag();
  if (after !== before) return after;
  if (stdout.includes('No schema changes')) return null;
  throw new MigrationGenerationError(
    `drizzle-kit wrote no migration. Run \`pnpm --filter @centflow/schema exec drizzle-kit generate\` in a terminal, where it can ask questions. Its output was: ${stdout}${stderr}`,
  );
}

/** Whether tables or views differ from the snapshot after the last migration. */
export async function isMigrationMissing(
  recorded: SchemaSnapshot,
  definitions: readonly (MySqlTable | MySqlView)[],
): Promise<boolean> {
  const current = await generateMySQLDrizzleJson(Object.fromEntries(definitions.entries()));
  return !isDeepStrictEqual(comparable(current as unknown as SchemaSnapshot), comparable(recorded));
}

/**
 * Returns the part of a snapshot that drizzle-kit compares. It excludes the columns of views, because they follow from
 * the SQL.
 */
function comparable({ tables, views }: SchemaSnapshot): unknown {
  const withoutColumns = Object.entries(views).map(([name, { columns: _, ...view }]) => [name, view]);
  return JSON.parse(JSON.stringify({ tables, views: Object.fromEntries(withoutColumns) }));
}

/** The last snapshot, completed with all columns of the views. */
export interface LastSnapshot {
  /** The path relative to the repository's root. */
  readonly path: string;
  readonly snapshot: SchemaSnapshot;
  readonly isIncomplete: boolean;
}

/**
 * Reads the last snapshot and adds the columns of views that are expressions.
 *
 * drizzle-kit records only those columns of a view that come unchanged from a table, and compares views only by their
 * SQL. The rules for migrations (`expansion/`) need every column.
 */
export async function readLastSnapshot(views: readonly View[]): Promise<LastSnapshot> {
  const { path, snapshot: recorded } = await readLastRecorded();
  const completed = views.flatMap(({ name, view }) => {
    const snapshot = recorded.views[name];
    if (snapshot === undefined) return [];
    const columns = describeView(view).columns.map(
      (column): ColumnSnapshot => snapshot.columns[column.name] ?? columnOf(column),
    );
    return [[name, { ...snapshot, columns: Object.fromEntries(columns.map((column) => [column.name, column])) }]];
  });
  const snapshot = { ...recorded, views: { ...recorded.views, ...Object.fromEntries(completed) } };
  const isIncomplete = JSON.stringify(snapshot) !== JSON.stringify(recorded);
  return { path: path.slice(repository.length), snapshot, isIncomplete };
}

/** Writes the completed snapshot to disk. */
export async function writeLastSnapshot({ path, snapshot }: LastSnapshot): Promise<void> {
  await writeFile(join(repository, path), JSON.stringify(snapshot, undefined, 2));
}

function columnOf({ name, sqlType }: { readonly name: string; readonly sqlType: string }): ColumnSnapshot {
  return { name, type: sqlType, primaryKey: false, notNull: false, autoincrement: false };
}

/** Reads the last snapshot in the journal. A hand-written migration may have no snapshot. */
async function readLastRecorded(): Promise<{ path: string; snapshot: SchemaSnapshot }> {
  for (const tag of (await readTags()).reverse()) {
    const path = snapshotPath(migrationsDirectory, tag);
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text !== null) return { path, snapshot: JSON.parse(text) };
  }
  throw new MigrationGenerationError(
    `There is no snapshot in ${migrationsDirectory}/meta. Restore the folder from Git.`,
  );
}

async function lastTag(): Promise<string | null> {
  return (await readTags()).at(-1) ?? null;
}

async function readTags(): Promise<string[]> {
  const journal = await readFile(join(migrationsDirectory, 'meta/_journal.json'), 'utf8').catch(() => '{"entries":[]}');
  const { entries }: { entries: { tag: string }[] } = JSON.parse(journal);
  return entries.map(({ tag }) => tag);
}
