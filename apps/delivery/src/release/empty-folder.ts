import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReleaseError } from './release-error.ts';

/**
 * Fills a folder that is new or empty. Where that fails it is empty again, so that nobody takes a part for the whole.
 *
 * @throws {ReleaseError} there is something in it: what has been there before would be taken for part of the release.
 */
export async function fillEmpty<Result>(folder: string, fill: () => Promise<Result>): Promise<Result> {
  await mkdir(folder, { recursive: true });
  const [found] = await readdir(folder);
  if (found !== undefined) {
    throw new ReleaseError(`${folder} is not empty (${found}): a release needs a folder of its own. Name a new one.`);
  }
  try {
    return await fill();
  } catch (error) {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    throw error;
  }
}
