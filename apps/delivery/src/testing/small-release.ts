/** Small releases for tests. These releases are never deployed. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openRelease, type Release } from '../release/release.ts';
import { RECORD, renderRecord } from '../release/release-record.ts';

export interface SmallRelease {
  readonly version?: string;
  readonly commit?: string;
  /** The content of each file, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Writes a small release into a folder. */
export async function writeSmallRelease(
  folder: string,
  { version = 'v7', commit = 'c0ffee'.padEnd(40, '0'), files = { 'canary.json': '{}\n' } }: SmallRelease = {},
): Promise<Release> {
  const written = Object.entries(files).map(async ([path, text]) => {
    const content = Buffer.from(text);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    return { path, sha256: createHash('sha256').update(content).digest('hex'), size: content.length };
  });
  const record = renderRecord({ version, commit, files: await Promise.all(written) });
  await writeFile(join(folder, RECORD), record);
  return await openRelease(folder);
}
