import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Artefact } from './artefact.ts';
import { repository } from './source-files.ts';

/** A folder whose files of one extension are all artefacts. */
export interface OwnedFolder {
  readonly folder: string;
  readonly extension: string;
}

/** The artefacts whose file is missing or has other bytes, and the files that are no artefact any more. */
export async function findStale(artefacts: readonly Artefact[], owned: readonly OwnedFolder[]): Promise<string[]> {
  const changed = await changedArtefacts(artefacts);
  return [...changed.map(({ path }) => path), ...(await leftOver(artefacts, owned))].sort();
}

/** Writes what has changed, removes what is left over, and gives the paths of both. */
export async function writeArtefacts(artefacts: readonly Artefact[], owned: readonly OwnedFolder[]): Promise<string[]> {
  const changed = await changedArtefacts(artefacts);
  for (const { path, bytes } of changed) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), bytes);
  }
  const removed = await leftOver(artefacts, owned);
  for (const path of removed) await rm(join(repository, path));
  return [...changed.map(({ path }) => path), ...removed.map((path) => `${path} (removed)`)].sort();
}

async function changedArtefacts(artefacts: readonly Artefact[]): Promise<Artefact[]> {
  const compared = artefacts.map(async (artefact) => {
    const current = await readFile(join(repository, artefact.path)).catch(() => null);
    return current !== null && Buffer.compare(current, artefact.bytes) === 0 ? [] : [artefact];
  });
  return (await Promise.all(compared)).flat();
}

async function leftOver(artefacts: readonly Artefact[], owned: readonly OwnedFolder[]): Promise<string[]> {
  const made = new Set(artefacts.map(({ path }) => path));
  const found = owned.map(async ({ folder, extension }) => {
    const entries = await readdir(join(repository, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
      .map((entry) => join(entry.parentPath, entry.name).slice(repository.length));
  });
  return (await Promise.all(found)).flat().filter((path) => !made.has(path));
}
