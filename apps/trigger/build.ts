import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Bundles the Lambda into one file, `index.mjs`, with its source map beside it.
 *
 * The SDK goes in too: the runtime's own copy changes without notice. The same sources give the same bytes, so that a
 * deployment changes the Lambda only when the code did.
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
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outfile = await bundleLambda(join(here, 'dist'));
  const { size } = await stat(outfile);
  console.log(`${outfile}: ${Math.round(size / 1024)} KiB`);
}
