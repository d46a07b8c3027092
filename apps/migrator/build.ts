import { cp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, describeBundle } from '@centflow/lambda-kit/bundle-lambda';
import { migrationsDirectory } from '@centflow/schema/migrate';

const here = dirname(fileURLToPath(import.meta.url));

/** Bundles the Lambda into `index.mjs`, with the migrations beside it. */
export async function bundleLambda(outdir: string): Promise<string> {
  const outfile = await bundle(here, outdir, {
    // mysql2 is a CommonJS package that loads Node's built-in modules with `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  await copyMigrations(join(outdir, 'migrations'));
  return outfile;
}

/** Copies the files that the migrator reads: the journal and the SQL statements, without drizzle-kit's snapshots. */
async function copyMigrations(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const statements = (await readdir(migrationsDirectory)).filter((name) => name.endsWith('.sql'));
  for (const name of [...statements, join('meta', '_journal.json')]) {
    await cp(join(migrationsDirectory, name), join(folder, name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await describeBundle(await bundleLambda(join(here, 'dist'))));
}
