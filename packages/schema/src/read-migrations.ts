import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** One statement of a migration. */
export interface MigrationStep {
  /** The migration it belongs to, such as `0000_initial`. */
  readonly tag: string;
  /** Its place in the migration, from 1. */
  readonly step: number;
  /** Steps in the migration. */
  readonly of: number;
  readonly statement: string;
  readonly sha256: string;
}

/** Where drizzle-kit writes the migrations. */
export const migrationsDirectory = fileURLToPath(new URL('../migrations', import.meta.url));

/** The statements of every migration that drizzle-kit's journal lists, in its order. */
export async function readMigrations(directory: string = migrationsDirectory): Promise<MigrationStep[]> {
  return [...(await readMigrationsByTag(directory)).values()].flat();
}

/** The same, migration by migration; one may have no statement. */
export async function readMigrationsByTag(
  directory: string = migrationsDirectory,
): Promise<Map<string, MigrationStep[]>> {
  const journal: { entries: { idx: number; tag: string }[] } = JSON.parse(
    await readFile(`${directory}/meta/_journal.json`, 'utf8'),
  );
  const tags = journal.entries.sort((a, b) => a.idx - b.idx).map(({ tag }) => tag);
  return new Map(await Promise.all(tags.map(async (tag) => [tag, await readSteps(directory, tag)] as const)));
}

async function readSteps(directory: string, tag: string): Promise<MigrationStep[]> {
  const sql = await readFile(`${directory}/${tag}.sql`, 'utf8');
  const statements = sql
    .split('--> statement-breakpoint')
    .map((statement) => statement.trim())
    // A migration may be nothing but a comment on what goes in a later release: MySQL would refuse that.
    .filter((statement) => statement.replace(/^--.*$/gm, '').trim() !== '');
  return statements.map((statement, index) => ({
    tag,
    step: index + 1,
    of: statements.length,
    statement,
    sha256: createHash('sha256').update(statement).digest('hex'),
  }));
}

/** A step as a sentence names it: its place, and the beginning of its statement on one line. */
export function describeStep({ tag, step, of, statement }: MigrationStep): string {
  const line = statement.replace(/^(?:--[^\n]*\n)+/, '').replace(/\s+/g, ' ');
  return `migration ${tag}, step ${step} of ${of} (${line.length > 80 ? `${line.slice(0, 79)}…` : line})`;
}
