/** Debian packages unpacked below `.local/`, without root: lists and archives have folders of their own. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { local, output, run } from './step.mjs';

const apt = join(local, 'apt');

/** apt locks its lists and its cache, so one call at a time. */
let last = Promise.resolve();

function oneAtATime(work) {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}

function options() {
  return [
    ['Dir::State::lists', join(apt, 'lists')],
    ['Dir::Cache', join(apt, 'cache')],
    ['APT::Sandbox::User', ''],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** @returns {boolean} whether this machine has apt at all */
function prepareFolders() {
  if (output('apt-get', ['--version']) === undefined) return false;
  for (const folder of ['lists/partial', 'cache/archives/partial', 'downloads', 'root']) {
    mkdirSync(join(apt, folder), { recursive: true });
  }
  return true;
}

const update = (log) => run(log, 'apt-get', [...options(), '-q', 'update']).catch(() => undefined);

const withoutLists = () => readdirSync(join(apt, 'lists')).length <= 1;

/**
 * Downloads the first of `candidates` that this release has, and unpacks it.
 *
 * @param {string} log
 * @param {string[]} candidates names of one package in different releases
 * @returns {Promise<string | undefined>} the folder that stands for `/`, or undefined where apt has none of them
 */
export function unpackDebian(log, candidates) {
  return oneAtATime(() => unpackFirst(log, candidates));
}

async function unpackFirst(log, candidates) {
  if (!prepareFolders()) return undefined;
  const downloads = join(apt, 'downloads');
  if (withoutLists()) await update(log);
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

/**
 * Downloads packages together with whatever this machine lacks of what they depend on, and unpacks all of it into one folder.
 *
 * @param {string} log
 * @param {string} name of the folder
 * @param {string[]} packages
 * @returns {Promise<string | undefined>} the folder that stands for `/`, or undefined where apt does not have them all
 */
export function unpackWithDependencies(log, name, packages) {
  return oneAtATime(() => unpackAll(log, name, packages));
}

async function unpackAll(log, name, packages) {
  if (!prepareFolders()) return undefined;
  const root = join(apt, 'root', name);
  rmSync(root, { recursive: true, force: true });
  // Lists grow old: a security fix takes the version that they name away.
  for (const renewed of [false, true]) {
    if (renewed || withoutLists()) await update(log);
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

/** What apt would install, but for libc: a second one beside the machine's loader makes nothing start. */
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
