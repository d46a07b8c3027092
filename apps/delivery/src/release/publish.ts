/** Publishes a release on GitHub: a tag, notes, and an archive of all deployed files. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import type { GitHub } from '../github/github.ts';
import { releaseNotes } from './notes.ts';
import type { Release } from './release.ts';
import { parseRecord, RECORD } from './release-record.ts';

/** The earliest time that a zip file can store. With a fixed time, the archive always has the same bytes. */
const firstMoment = () => new Date(1980, 0, 1);

/** @returns the URL of the release page */
export async function publish(release: Release, github: GitHub, repository: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'centflow-publish-'));
  try {
    const name = `centflow-${release.version}.zip`;
    await writeFile(join(folder, name), await archive(release));
    return await github.publishRelease({
      tag: release.version,
      commit: release.commit,
      notes: await releaseNotes(repository, release),
      assets: [
        { name, path: join(folder, name) },
        { name: RECORD, path: join(release.folder, RECORD) },
      ],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Packs the release with the same layout as in the delivery bucket: the record, and the files named by their hashes. A
 * file that several environments use is packed only once.
 */
async function archive({ folder, version }: Release): Promise<Uint8Array> {
  const record = await readFile(join(folder, RECORD));
  const zippable: Zippable = { [`releases/${version}.json`]: record };
  for (const { path, sha256 } of parseRecord(record, RECORD).files) {
    zippable[`blobs/${sha256}`] ??= [await readFile(join(folder, path)), { level: path.endsWith('.zip') ? 0 : 9 }];
  }
  return zipSync(zippable, { mtime: firstMoment(), os: 3 });
}
