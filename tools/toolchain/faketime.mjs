/** Installs Debian's libfaketime, which sets the clock of one process. Only `npm run chaos` uses it. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebian } from './apt.mjs';
import { local } from './step.mjs';

const libraries = join(local, 'apt', 'root', 'libfaketime', 'usr', 'lib');

/** @returns {string | undefined} the library, if an earlier chaos run downloaded it */
export function recordedFaketime() {
  if (!existsSync(libraries)) return undefined;
  // The folder between `lib` and `faketime` is named after the processor, such as x86_64-linux-gnu.
  const files = readdirSync(libraries).map((folder) => join(libraries, folder, 'faketime', 'libfaketime.so.1'));
  return files.find(existsSync);
}

/**
 * @returns {Promise<string | undefined>} the path of the library; undefined if apt does not offer the library. `chaos`
 * reports this case
 */
export async function installFaketime() {
  if (recordedFaketime() === undefined) {
    mkdirSync(join(local, 'logs'), { recursive: true });
    await unpackDebian(join(local, 'logs', 'setup-faketime.log'), ['libfaketime']);
  }
  return recordedFaketime();
}
