/** Measures the files that a browser loads before the console appears: the entry, its static imports, and their CSS. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { ConsoleFigures } from '../results.ts';

/** Vite's manifest. It lists the output file, the static imports and the styles of each source file. */
const manifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    imports: z.array(z.string()).optional(),
    css: z.array(z.string()).optional(),
  }),
);

/** @param webFolder the output folder of `vite build` */
export function measureFirstLoad(webFolder: string): ConsoleFigures['firstLoad'] {
  const chunks = manifest.parse(JSON.parse(readFileSync(join(webFolder, '.vite', 'manifest.json'), 'utf8')));
  const names = new Set(['index.html']);
  const visited = new Set<string>();
  const visit = (source: string) => {
    const chunk = chunks[source];
    if (chunk === undefined || visited.has(source)) return;
    visited.add(source);
    for (const name of [chunk.file, ...(chunk.css ?? [])]) names.add(name);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const [source, { isEntry }] of Object.entries(chunks)) if (isEntry) visit(source);
  return gzipped(webFolder, [...names]);
}

/** Returns the gzipped sizes of files in descending order. */
export function gzipped(webFolder: string, names: readonly string[]): ConsoleFigures['firstLoad'] {
  const files = names
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(webFolder, file)), { level: 9 }).length }))
    .sort((a, b) => b.bytes - a.bytes);
  return { bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files };
}
