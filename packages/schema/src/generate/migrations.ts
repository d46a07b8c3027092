import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { migrationsDirectory } from '../read-migrations.ts';

const run = promisify(execFile);
const packageDirectory = fileURLToPath(new URL('../../', import.meta.url));

/** drizzle-kit could not say the change to the tables as SQL. */
export class MigrationGenerationError extends Error {
  override readonly name = 'MigrationGenerationError';
}

/** Lets drizzle-kit write the migration that the tables and views need by now; gives its tag, or null where they need none. */
export async function generateMigration(name: string, directory = migrationsDirectory): Promise<string | null> {
  const before = await lastTag(directory);
  const kit = fileURLToPath(import.meta.resolve('drizzle-kit')).replace(/index\.m?js$/, 'bin.cjs');
  const { stdout, stderr } = await run(process.execPath, [kit, 'generate', '--name', name], {
    cwd: packageDirectory,
    // drizzle-kit puts `./` before whatever it is given.
    env: { ...process.env, MIGRATIONS_DIRECTORY: relative(packageDirectory, directory) },
  }).catch((error: { stdout?: string; stderr?: string }) => ({
    stdout: error.stdout ?? '',
    stderr: error.stderr ?? String(error),
  }));
  const after = await lastTag(directory);
  if (after !== before) return after;
  if (stdout.includes('No schema changes')) return null;
  throw new MigrationGenerationError(
    `drizzle-kit wrote no migration. Run \`pnpm --filter @centflow/schema exec drizzle-kit generate\` in a terminal, where it can ask; it said: ${stdout}${stderr}`,
  );
}

/** The tables and views are other than the migrations make them. */
export async function isMigrationMissing(): Promise<boolean> {
  const scratch = await mkdtemp(join(tmpdir(), 'centflow-migrations-'));
  try {
    await cp(migrationsDirectory, scratch, { recursive: true });
    return (await generateMigration('check', scratch)) !== null;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function lastTag(directory: string): Promise<string | null> {
  const journal = await readFile(join(directory, 'meta/_journal.json'), 'utf8').catch(() => '{"entries":[]}');
  const { entries }: { entries: { tag: string }[] } = JSON.parse(journal);
  return entries.at(-1)?.tag ?? null;
}
