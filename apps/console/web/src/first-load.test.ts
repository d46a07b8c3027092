/** Limits the bytes that a browser loads before the first paint. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const built = fileURLToPath(new URL('../../dist/web', import.meta.url));
const manifest = `${built}/.vite/manifest.json`;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

test.skipIf(!existsSync(manifest))('the first load is at most 350 KB gzipped', () => {
  const chunks = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, Chunk>;
  const files = new Set<string>();
  const add = (name: string) => {
    const chunk = chunks[name];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const other of chunk.imports ?? []) add(other);
  };
  add('index.html');
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(`${built}/${file}`)).length, 0);
  console.log(`First load: ${(bytes / 1000).toFixed(1)} KB gzipped in ${files.size} files`);
  expect(files.size).toBeGreaterThan(1);
  expect(bytes).toBeLessThanOrEqual(350_000);
});
