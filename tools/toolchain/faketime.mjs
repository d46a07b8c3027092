/** libfaketime, which sets the clock of one process: Debian's, for chaos alone. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebian } from './apt.mjs';
import { local } from './step.mjs';

const libraries = join(local, 'apt', 'root', 'libfaketime', 'usr', 'lib');

/** @returns {string | undefined} the library, where chaos has fetched it before */
export function recordedFaketime() {
  if (!existsSync(libraries)) return undefined;
  // The folder between is the processor's: x86_64-linux-gnu.
  const files = readdirSync(libraries).map((folder) => join(libraries, folder, 'faketime', 'libfaketime.so.1'));
  return files.find(existsSync);
}

/** @returns {Promise<string | undefined>} the library; undefined where apt does not have it, and chaos says so */
export async function installFaketime() {
  if (recordedFaketime() === undefined) {
    mkdirSync(join(local, 'logs'), { recursive: true });
    await unpackDebian(join(local, 'logs', 'setup-faketime.log'), ['libfaketime']);
  }
  return recordedFaketime();
}
