/** How a Lambda of ours is built: one ES module for Node 22, everything in it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/**
 * Bundles a folder's entry point, `src/index.ts` where left out, into one file, `index.mjs`, with its source map beside it.
 *
 * The SDK goes in too: the runtime's own copy changes without notice. The same sources give the same bytes, so that a
 * deployment changes the Lambda only when the code did.
 *
 * @param folder the Lambda's package
 * @returns the bundle
 */
export async function bundle(
  folder: string,
  outdir: string,
  { entryPoint = 'src/index.ts', ...options }: Pick<BuildOptions, 'banner'> & { readonly entryPoint?: string } = {},
): Promise<string> {
  const outfile = join(outdir, 'index.mjs');
  await build({
    ...options,
    absWorkingDir: folder,
    entryPoints: [entryPoint],
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

/** `dist/index.mjs: 636 KiB`. */
export async function describeBundle(outfile: string): Promise<string> {
  const { size } = await stat(outfile);
  return `${outfile}: ${Math.round(size / 1024)} KiB`;
}
