/** Creates the machine of a new user: a minimal Debian root with the README's prerequisites and a clone of the repository. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { localFolder, repository } from '@centflow/local-processes/paths';
import { type DebianRoot, exitCodeOf, makeRoot, startInRoot } from './debian-root.ts';
import { PREREQUISITES, type Release } from './releases.ts';

const USER = 'centflow';

export interface FreshUser {
  readonly root: DebianRoot;
  /** The path of the clone on this machine. */
  readonly clone: string;
  /** The versions in the root, such as `Python 3.13.5, Node 20.19.2, x64`. */
  readonly versions: string;
}

export interface Ran {
  readonly passed: boolean;
  readonly seconds: number;
  readonly logFile: string;
}

export function logFileOf(release: Release, name: string): string {
  return join(localFolder, 'logs', 'machines', `debian-${release.number}-${name}.log`);
}

/** Creates the machine, with a clone of the last commit. */
export async function makeFreshUser(release: Release, fresh: boolean): Promise<FreshUser> {
  const root = await makeRoot({
    suite: release.suite,
    packages: PREREQUISITES,
    user: USER,
    fresh,
    logFile: logFileOf(release, 'root'),
  });
  const clone = join(root.home, 'centflow');
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', repository, clone]);
  const inRoot = (...command: string[]) => execFileSync('chroot', [root.folder, ...command], { encoding: 'utf8' });
  inRoot('chown', '--recursive', `${USER}:${USER}`, `/home/${USER}`);
  const python = inRoot('python3', '--version').trim();
  const node = inRoot('node', '--version').trim().replace('v', 'Node ');
  return { root, clone, versions: `${python}, ${node}, ${process.arch}` };
}

/** Runs a shell command in the clone, as the user. */
export async function runAsUser({ root }: FreshUser, line: string, logFile: string): Promise<Ran> {
  const started = performance.now();
  const child = startInRoot(root, { line: `cd && cd centflow && ${line}`, as: 'user', logFile });
  const exitCode = await exitCodeOf(child);
  return { passed: exitCode === 0, seconds: (performance.now() - started) / 1000, logFile };
}
