import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, describeBundle } from '@centflow/lambda-kit/bundle-lambda';

const here = dirname(fileURLToPath(import.meta.url));

/** Bundles the Lambda into `index.mjs`. */
export async function bundleLambda(outdir: string): Promise<string> {
  return bundle(here, outdir, {
    // mysql2 is a CommonJS package that loads Node's built-in modules with `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await describeBundle(await bundleLambda(join(here, 'dist'))));
}
