import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('the bundle of the dashboards for browsers contains no database library', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    minify: true,
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  expect(
    inputs.filter((input) => /node_modules|packages\/schema|schema\/src|src\/(query|quicksight)/.test(input)),
  ).toEqual([]);
  expect(inputs.some((input) => input.endsWith('src/dashboards/index.ts'))).toBe(true);
  // All files of the console's first load may have at most 350 KB together.
  expect(outputFiles[0]?.contents.byteLength).toBeLessThan(40_000);
});
