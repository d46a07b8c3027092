/** How a Lambda of ours is built: one ES module for Node 22, everything in it. */
import { stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { NOTICES_FILE, renderNotices } from './third-party-notices.ts';

/**
 * Bundles a folder's entry point, `src/index.ts` where left out, into one file, `index.mjs`, with its source map beside it.
 * The licences of the packages in it are in third-party-notices.txt.
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
  const { metafile } = await build({
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
    metafile: true,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const files = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => resolve(folder, file));
  await writeFile(join(outdir, NOTICES_FILE), renderNotices(files));
  return outfile;
}

/** `dist/index.mjs: 636 KiB`. */
export async function describeBundle(outfile: string): Promise<string> {
  const { size } = await stat(outfile);
  return `${outfile}: ${Math.round(size / 1024)} KiB`;
}
