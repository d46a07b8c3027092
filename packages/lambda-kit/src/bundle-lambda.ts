/** Builds a Lambda as one ES module for Node 22 that includes all dependencies. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/**
 * Bundles a Lambda into one file, `index.mjs`, and writes its source map to the same folder.
 *
 * The AWS SDK is included, because the version in Lambda's runtime changes without notice. The same sources always give
 * the
 * same bytes, so a deployment updates the Lambda only if its code has changed.
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

/** Returns the bundle's path and size, such as `dist/index.mjs: 636 KiB`. */
export async function describeBundle(outfile: string): Promise<string> {
  const { size } = await stat(outfile);
  return `${outfile}: ${Math.round(size / 1024)} KiB`;
}
