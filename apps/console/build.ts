import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, describeBundle } from '@centflow/lambda-kit/bundle-lambda';

const here = dirname(fileURLToPath(import.meta.url));

/** Bundles the code of both Lambda functions into `index.mjs`. */
export async function bundleLambda(outdir: string): Promise<string> {
  return bundle(here, outdir, {
    entryPoint: 'api/lambda/index.ts',
    // Defines `require`, because mysql2 is CommonJS and requires Node's built-in modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await describeBundle(await bundleLambda(join(here, 'dist', 'lambda'))));
}
