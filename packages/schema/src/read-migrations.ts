import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** One statement of a migration. */
export interface MigrationStep {
  /** The tag of the migration, such as `0000_initial`. */
  readonly tag: string;
  /** The position of the statement in the migration, starting at 1. */
  readonly step: number;
  /** The total number of statements in the migration. */
  readonly of: number;
  readonly statement: string;
  readonly sha256: string;
}

/** The folder in which drizzle-kit writes the migrations. */
export const migrationsDirectory = fileURLToPath(new URL('../migrations', import.meta.url));

/** Reads the statements of all migrations, in the order of drizzle-kit's journal. */
export async function readMigrations(directory: string = migrationsDirectory): Promise<MigrationStep[]> {
  return [...(await readMigrationsByTag(directory)).values()].flat();
}

/** Reads the statements of each migration, by its tag. A migration may have no statements. */
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

/** Describes a statement for an error message: its migration, its position, and its beginning on one line. */
export function describeStep({ tag, step, of, statement }: MigrationStep): string {
  const line = statement.replace(/^(?:--[^\n]*\n)+/, '').replace(/\s+/g, ' ');
  return `migration ${tag}, step ${step} of ${of} (${line.length > 80 ? `${line.slice(0, 79)}…` : line})`;
}
