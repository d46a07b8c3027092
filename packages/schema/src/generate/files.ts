import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GeneratedFile } from './generated-file.ts';
import { repository } from './source-files.ts';

/** A folder in which every file with this extension is generated. */
export interface OwnedFolder {
  readonly folder: string;
  readonly extension: string;
}

/**
 * Returns the paths of files that are out of date: missing files, changed files, and files that are no longer
 * generated.
 */
export async function findStale(files: readonly GeneratedFile[], owned: readonly OwnedFolder[]): Promise<string[]> {
  const changed = await findChanged(files);
  return [...changed.map(({ path }) => path), ...(await findLeftOver(files, owned))].sort();
}

/** Writes changed files and removes files that are no longer generated. Returns the paths of all these files. */
export async function writeGenerated(
  files: readonly GeneratedFile[],
  owned: readonly OwnedFolder[],
): Promise<string[]> {
  const changed = await findChanged(files);
  for (const { path, bytes } of changed) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), bytes);
  }
  const removed = await findLeftOver(files, owned);
  for (const path of removed) await rm(join(repository, path));
  return [...changed.map(({ path }) => path), ...removed.map((path) => `${path} (removed)`)].sort();
}

async function findChanged(files: readonly GeneratedFile[]): Promise<GeneratedFile[]> {
  const compared = files.map(async (file) => {
    const current = await readFile(join(repository, file.path)).catch(() => null);
    return current !== null && Buffer.compare(current, file.bytes) === 0 ? [] : [file];
  });
  return (await Promise.all(compared)).flat();
}

async function findLeftOver(files: readonly GeneratedFile[], owned: readonly OwnedFolder[]): Promise<string[]> {
  const generated = new Set(files.map(({ path }) => path));
  const found = owned.map(async ({ folder, extension }) => {
    const entries = await readdir(join(repository, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
      .map((entry) => join(entry.parentPath, entry.name).slice(repository.length));
  });
  return (await Promise.all(found)).flat().filter((path) => !generated.has(path));
}
