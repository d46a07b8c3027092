/**
 * Downloads Debian packages and unpacks them below `.local/`, without root. apt's lists and archives are stored in the
 * same folder.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { local, output, run } from './step.mjs';

const apt = join(local, 'apt');

/** The most recent call of apt. Calls run one at a time, because apt locks its lists and its cache. */
let lastCall = Promise.resolve();

function oneAtATime(work) {
  const result = lastCall.then(work);
  lastCall = result.catch(() => undefined);
  return result;
}

function options() {
  return [
    ['Dir::State::lists', join(apt, 'lists')],
    ['Dir::Cache', join(apt, 'cache')],
    ['APT::Sandbox::User', ''],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** @returns {boolean} whether this machine has apt */
function prepareFolders() {
  if (output('apt-get', ['--version']) === undefined) return false;
  for (const folder of ['lists/partial', 'cache/archives/partial', 'downloads', 'root']) {
    mkdirSync(join(apt, folder), { recursive: true });
  }
  return true;
}

const update = (log) => run(log, 'apt-get', [...options(), '-q', 'update']).catch(() => undefined);

const hasNoLists = () => readdirSync(join(apt, 'lists')).length <= 1;

/**
 * Downloads and unpacks the first package of `candidates` that this release has.
 *
 * @param {string} log
 * @param {string[]} candidates the names of one package in different releases
 * @returns {Promise<string | undefined>} the folder that corresponds to `/`; undefined if apt offers none of the
 * packages
 */
export function unpackDebian(log, candidates) {
  return oneAtATime(() => unpackFirst(log, candidates));
}

async function unpackFirst(log, candidates) {
  if (!prepareFolders()) return undefined;
  const downloads = join(apt, 'downloads');
  if (hasNoLists()) await update(log);
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
      // Each release has the package under only one of the names.
    }
  }
  return undefined;
}

/**
 * Downloads packages and their missing dependencies, and unpacks all of them into one folder.
 *
 * @param {string} log
 * @param {string} name the name of the folder
 * @param {string[]} packages
 * @returns {Promise<string | undefined>} the folder that corresponds to `/`; undefined if apt does not offer one of the
 * packages
 */
export function unpackWithDependencies(log, name, packages) {
  return oneAtATime(() => unpackAll(log, name, packages));
}

async function unpackAll(log, name, packages) {
  if (!prepareFolders()) return undefined;
  const root = join(apt, 'root', name);
  rmSync(root, { recursive: true, force: true });
  // Old lists may name a version that a security fix has removed from the archive, so the second try updates the lists.
  for (const isRetry of [false, true]) {
    if (isRetry || hasNoLists()) await update(log);
    const missing = missingPackages(packages);
    if (missing === undefined) continue;
    const downloads = mkdtempSync(join(apt, 'downloads', `${name}-`));
    try {
      if (missing.length > 0) {
        await run(log, 'apt-get', [...options(), '-q', 'download', ...missing], { cwd: downloads });
      }
      mkdirSync(root);
      for (const file of readdirSync(downloads)) await run(log, 'dpkg', ['-x', join(downloads, file), root]);
      return root;
    } catch {
      rmSync(root, { recursive: true, force: true });
    } finally {
      rmSync(downloads, { recursive: true });
    }
  }
  return undefined;
}

/**
 * Returns the packages that apt would install, except libc. A second libc does not match the machine's loader, so no
 * program would start.
 */
function missingPackages(packages) {
  const uris = output('apt-get', [
    ...options(),
    ...['-qq', '--print-uris', '--no-install-recommends', 'install'],
    ...packages,
  ]);
  if (uris === undefined) return undefined;
  const names = [...uris.matchAll(/^'\S+' ([^_\s]+)_\S+ \d+/gm)].map((match) => match[1]);
  return names.filter((name) => !/^libc(6|-bin|-l10n)$/.test(name));
}
