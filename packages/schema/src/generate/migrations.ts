import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { View } from '../define-view.ts';
import { describeView } from '../describe-view.ts';
import { type ColumnSnapshot, type SchemaSnapshot, snapshotPath } from '../expansion/snapshot.ts';
import { migrationsDirectory } from '../read-migrations.ts';
import { repository } from './source-files.ts';

const run = promisify(execFile);
const packageDirectory = fileURLToPath(new URL('../../', import.meta.url));

/** drizzle-kit could not write the migration. */
export class MigrationGenerationError extends Error {
  override readonly name = 'MigrationGenerationError';
}

export interface MigrationOptions {
  readonly directory?: string;
  /** Adds an empty migration, to fill in by hand. */
  readonly custom?: boolean;
}

/** Lets drizzle-kit write the migration that the tables and views need. Returns its tag, or null if they need none. */
export async function generateMigration(
  name: string,
  { directory = migrationsDirectory, custom = false }: MigrationOptions = {},
): Promise<string | null> {
  const before = await lastTag(directory);
  const kit = fileURLToPath(import.meta.resolve('drizzle-kit')).replace(/index\.m?js$/, 'bin.cjs');
  const { stdout, stderr } = await run(
    process.execPath,
    [kit, 'generate', '--name', name, ...(custom ? ['--custom'] : [])],
    {
      cwd: packageDirectory,
      // drizzle-kit prefixes the directory with `./`, so it must be relative.
      env: { ...process.env, MIGRATIONS_DIRECTORY: relative(packageDirectory, directory) },
    },
  ).catch((error: { stdout?: string; stderr?: string }) => ({
    stdout: error.stdout ?? '',
    stderr: error.stderr ?? String(error),
  }));
  const after = await lastTag(directory);
  if (after !== before) return after;
  if (stdout.includes('No schema changes')) return null;
  throw new MigrationGenerationError(
    `drizzle-kit wrote no migration. Run \`pnpm --filter @centflow/schema exec drizzle-kit generate\` in a terminal, where it can ask questions. Its output was: ${stdout}${stderr}`,
  );
}

/** Whether the tables and views differ from what the migrations create. */
export async function isMigrationMissing(): Promise<boolean> {
  const scratch = await mkdtemp(join(tmpdir(), 'centflow-migrations-'));
  try {
    await cp(migrationsDirectory, scratch, { recursive: true });
    return (await generateMigration('check', { directory: scratch })) !== null;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** The last snapshot with all columns of the views, and whether the committed file lacks some. */
export interface LastSnapshot {
  /** From the repository's root. */
  readonly path: string;
  readonly snapshot: SchemaSnapshot;
  readonly isIncomplete: boolean;
}

/**
 * Reads the last snapshot, and adds the columns of the views that are expressions.
 *
 * drizzle-kit records only the columns that come from a table unchanged, and compares views by their SQL alone. The rules for
 * migrations need every column (`expansion/`).
 */
export async function readLastSnapshot(views: readonly View[]): Promise<LastSnapshot> {
  const path = snapshotPath(migrationsDirectory, (await lastTag(migrationsDirectory)) ?? '');
  const committed = await readFile(path, 'utf8');
  const recorded: SchemaSnapshot = JSON.parse(committed);
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

/** Completes the last snapshot on disk. */
export async function writeLastSnapshot({ path, snapshot }: LastSnapshot): Promise<void> {
  await writeFile(join(repository, path), JSON.stringify(snapshot, undefined, 2));
}

function columnOf({ name, sqlType }: { readonly name: string; readonly sqlType: string }): ColumnSnapshot {
  return { name, type: sqlType, primaryKey: false, notNull: false, autoincrement: false };
}

async function lastTag(directory: string): Promise<string | null> {
  const journal = await readFile(join(directory, 'meta/_journal.json'), 'utf8').catch(() => '{"entries":[]}');
  const { entries }: { entries: { tag: string }[] } = JSON.parse(journal);
  return entries.at(-1)?.tag ?? null;
}
