import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReleaseError } from './release-error.ts';

/**
 * Fills a new or empty folder. Empties it again after a failure, so that no incomplete release remains.
 *
 * @throws {ReleaseError} the folder is not empty. Existing files would become part of the release.
 */
export async function fillEmpty<Result>(folder: string, fill: () => Promise<Result>): Promise<Result> {
  await mkdir(folder, { recursive: true });
  const [found] = await readdir(folder);
  if (found !== undefined) {
    throw new ReleaseError(
      `${folder} is not empty (it contains ${found}). A release needs its own folder. Name a new one.`,
    );
  }
  try {
    return await fill();
  } catch (error) {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    throw error;
  }
}
