/**
 * Builds a minimal Debian root below `.local/machines/`. A command in the root sees only the files and processes of the
 * root, but uses the kernel and the network of this machine.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '@centflow/command-line/exit';
import { localFolder } from '@centflow/local-processes/paths';
import { copyNetworkSettings, networkVariables } from './host-network.ts';

const TOOLS = { debootstrap: 'debootstrap', unshare: 'util-linux', setpriv: 'util-linux', git: 'git' };
const ENTER = join(import.meta.dirname, 'enter.sh');
const ROOT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const USER_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The Debian release of a root, and the packages that the root contains. */
export interface RootOptions {
  /** Debian's name of the release, such as `trixie`. */
  readonly suite: string;
  readonly packages: readonly string[];
  /** The unprivileged user of the root. */
  readonly user: string;
  /** Whether the root is rebuilt with the latest packages. */
  readonly fresh: boolean;
  readonly logFile: string;
}

export interface DebianRoot {
  readonly folder: string;
  readonly user: string;
  /** The path of the user's home on this machine. */
  readonly home: string;
}

/** A command that runs in a root. */
export interface RootCommand {
  /** A shell command. */
  readonly line: string;
  readonly as: 'root' | 'user';
  readonly logFile: string;
}

/** @throws {CommandError} if this machine cannot build roots */
export function checkHost(): void {
  if (process.getuid?.() !== 0) {
    throw new CommandError('Only the root user can build and enter a Debian root. Run the command again with sudo.');
  }
  for (const [tool, debianPackage] of Object.entries(TOOLS)) {
    const isInstalled = ROOT_PATH.split(':').some((folder) => existsSync(join(folder, tool)));
    if (!isInstalled) {
      throw new CommandError(`${tool} is not installed on this machine. Run: apt-get install ${debianPackage}`);
    }
  }
}

/** Creates a new root, as a copy of a pristine root. The pristine root is built once and kept. */
export async function makeRoot(options: RootOptions): Promise<DebianRoot> {
  const folder = join(localFolder, 'machines', options.suite);
  const pristine = join(folder, 'pristine');
  const record = join(folder, 'pristine.json');
  const wanted = JSON.stringify({ packages: options.packages, user: options.user });
  const isKept = existsSync(record) && readFileSync(record, 'utf8') === wanted;
  if (options.fresh || !isKept) {
    rmSync(record, { force: true });
    await buildPristine(options, pristine);
    writeFileSync(record, wanted);
  }
  const used = join(folder, 'used');
  rmSync(used, { recursive: true, force: true });
  execFileSync('cp', ['-a', '--reflink=auto', pristine, used]);
  copyNetworkSettings(used);
  return { folder: used, user: options.user, home: join(used, 'home', options.user) };
}

/** Deletes a root to free disk space, because a set-up writes 5 GB. */
export function removeRoot({ folder }: DebianRoot): void {
  rmSync(folder, { recursive: true, force: true });
}

async function buildPristine(options: RootOptions, pristine: string): Promise<void> {
  const { suite, packages, user, logFile } = options;
  const unfinished = `${pristine}.unfinished`;
  for (const old of [unfinished, pristine]) rmSync(old, { recursive: true, force: true });
  mkdirSync(dirname(pristine), { recursive: true });
  // debootstrap mounts /proc in the new root. Because of the mount namespace, the mount disappears even after a
  // failure.
  const debootstrap = ['debootstrap', '--variant=minbase', suite, unfinished];
  await succeed(start(['unshare', '--mount', ...debootstrap], hostEnvironment(), logFile), debootstrap[0], logFile);
  addUpdates(join(unfinished, 'etc', 'apt', 'sources.list'), suite);
  copyNetworkSettings(unfinished);
  const root = { folder: unfinished, user: 'root', home: join(unfinished, 'root') };
  const install = [
    'apt-get -q update',
    `DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends ${packages.join(' ')}`,
    `useradd --create-home --shell /bin/bash ${user}`,
  ].join(' && ');
  await succeed(startInRoot(root, { line: install, as: 'root', logFile }), `apt-get in Debian ${suite}`, logFile);
  renameSync(unfinished, pristine);
}

/** Adds the update and security archives, like Debian's installer. Debian sid has no such archives. */
function addUpdates(sourcesFile: string, suite: string): void {
  if (suite === 'sid') return;
  const sources = readFileSync(sourcesFile, 'utf8');
  const archive = /^deb (\S+)/m.exec(sources)?.[1]?.replace(/\/$/, '') ?? '';
  const updates = [`deb ${archive} ${suite}-updates main`, `deb ${archive}-security ${suite}-security main`];
  writeFileSync(sourcesFile, `${sources.trimEnd()}\n${updates.join('\n')}\n`);
}

/**
 * Starts a command in a root. The command and all its children are killed when the returned process or this process
 * ends.
 */
export function startInRoot(root: DebianRoot, { line, as, logFile }: RootCommand): ChildProcess {
  const user = as === 'root' ? 'root' : root.user;
  return start(enter(root, user, line), rootEnvironment(user), logFile);
}

/**
 * Returns the command line that enters a root, for callers that start processes themselves. Use the command line with
 * {@link rootEnvironment}.
 */
export function enter(root: DebianRoot, user: string, line: string): readonly [string, ...string[]] {
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child'];
  return ['/usr/bin/setpriv', '--pdeathsig', 'KILL', ...namespaces, 'sh', ENTER, root.folder, user, line];
}

/** Returns the environment of a login shell. Of this process's variables, it contains only the network variables. */
export function rootEnvironment(user: string): Record<string, string> {
  const home = user === 'root' ? '/root' : `/home/${user}`;
  return {
    ...networkVariables(),
    HOME: home,
    LOGNAME: user,
    USER: user,
    SHELL: '/bin/bash',
    PATH: user === 'root' ? ROOT_PATH : USER_PATH,
  };
}

function hostEnvironment(): Record<string, string> {
  return { ...networkVariables(), PATH: ROOT_PATH, HOME: '/root' };
}

function start([command = '', ...args]: readonly string[], env: Record<string, string>, logFile: string): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { env, stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

/** Waits for a process, and returns its exit code. */
export async function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

async function succeed(child: ChildProcess, what: string | undefined, logFile: string): Promise<void> {
  const code = await exitCodeOf(child);
  if (code !== 0) throw new CommandError(`${what} ended with code ${code}. The output is in ${logFile}`);
}
