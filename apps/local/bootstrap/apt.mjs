/** Debian packages unpacked below `.local/`, without root: lists and archives have folders of their own. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { local, output, run } from './step.mjs';

const apt = join(local, 'apt');

function options() {
  return [
    ['Dir::State::lists', join(apt, 'lists')],
    ['Dir::Cache', join(apt, 'cache')],
    ['APT::Sandbox::User', ''],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/**
 * Downloads the first of `candidates` that this release has, and unpacks it.
 *
 * @param {string} log
 * @param {string[]} candidates names of one package in different releases
 * @returns {Promise<string | undefined>} the folder that stands for `/`, or undefined where apt has none of them
 */
export async function unpackDebian(log, candidates) {
  if (output('apt-get', ['--version']) === undefined) return undefined;
  const downloads = join(apt, 'downloads');
  for (const folder of ['lists/partial', 'cache/archives/partial', 'downloads']) {
    mkdirSync(join(apt, folder), { recursive: true });
  }
  if (readdirSync(join(apt, 'lists')).length <= 1) {
    await run(log, 'apt-get', [...options(), '-q', 'update']).catch(() => undefined);
  }
  for (const name of candidates) {
    const root = join(apt, 'root', name);
    try {
      await run(log, 'apt-get', [...options(), '-q', 'download', name], { cwd: downloads });
      const file = readdirSync(downloads).find((entry) => entry.startsWith(`${name}_`));
      if (file === undefined) continue;
      mkdirSync(root, { recursive: true });
      await run(log, 'dpkg', ['-x', join(downloads, file), root]);
      return root;
    } catch {
      // Each release has the package under one of the names only.
    }
  }
  return undefined;
}
