import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** One statement of a migration. */
export interface MigrationStep {
  /** The tag of its migration, such as `0000_initial`. */
  readonly tag: string;
  /** Its number within the migration, from 1. */
  readonly step: number;
  /** The number of steps in the migration. */
  readonly of: number;
  readonly statement: string;
  readonly sha256: string;
}

/** The folder in which drizzle-kit writes the migrations. */
export const migrationsDirectory = fileURLToPath(new URL('../migrations', import.meta.url));

/** Reads the statements of every migration in drizzle-kit's journal, in its order. */
export async function readMigrations(directory: string = migrationsDirectory): Promise<MigrationStep[]> {
  return [...(await readMigrationsByTag(directory)).values()].flat();
}

/** Reads the steps of each migration, by its tag. A migration may have no statements. */
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
    // A migration may consist of a comment on what a later release removes. MySQL refuses a comment alone.
    .filter((statement) => statement.replace(/^--.*$/gm, '').trim() !== '');
  return statements.map((statement, index) => ({
    tag,
    step: index + 1,
    of: statements.length,
    statement,
    sha256: createHash('sha256').update(statement).digest('hex'),
  }));
}

/** Describes a step in an error message: its place, and the beginning of its statement on one line. */
export function describeStep({ tag, step, of, statement }: MigrationStep): string {
  const line = statement.replace(/^(?:--[^\n]*\n)+/, '').replace(/\s+/g, ' ');
  return `migration ${tag}, step ${step} of ${of} (${line.length > 80 ? `${line.slice(0, 79)}…` : line})`;
}
