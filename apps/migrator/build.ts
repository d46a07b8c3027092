import { cp, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrationsDirectory } from '@centflow/schema/migrate';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Bundles the Lambda into one file, `index.mjs`, with its source map and the migrations beside it.
 *
 * The SDK goes in too: the runtime's own copy changes without notice. The same sources give the same bytes.
 */
export async function bundleLambda(outdir: string): Promise<string> {
  const outfile = join(outdir, 'index.mjs');
  await build({
    absWorkingDir: here,
    entryPoints: ['src/index.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    // mysql2 is CommonJS and asks for Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  await copyMigrations(join(outdir, 'migrations'));
  return outfile;
}

/** What a migrator reads: the journal and the statements, not drizzle-kit's snapshots. */
async function copyMigrations(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const statements = (await readdir(migrationsDirectory)).filter((name) => name.endsWith('.sql'));
  for (const name of [...statements, join('meta', '_journal.json')]) {
    await cp(join(migrationsDirectory, name), join(folder, name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outfile = await bundleLambda(join(here, 'dist'));
  const { size } = await stat(outfile);
  console.log(`${outfile}: ${Math.round(size / 1024)} KiB`);
}
