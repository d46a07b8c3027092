/** Builds a Lambda as one ES module for Node 22 that includes all dependencies. */
import { stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { NOTICES_FILE, renderNotices } from './third-party-notices.ts';

/**
 * Bundles a Lambda into one file, `index.mjs`, and writes its source map to the same folder.
 *
 * The licences of the bundled packages are written to `third-party-notices.txt` in that folder.
 *
 * The AWS SDK is included, because the version in Lambda's runtime changes without notice. The same sources always give
 * the same bytes, so a deployment updates the Lambda only if its code has changed.
 *
 * @param folder the Lambda's package, whose entry point is `src/index.ts` by default
 * @returns the path of the bundle
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

/** Returns the bundle's path and size, such as `dist/index.mjs: 636 KiB`. */
export async function describeBundle(outfile: string): Promise<string> {
  const { size } = await stat(outfile);
  return `${outfile}: ${Math.round(size / 1024)} KiB`;
}
