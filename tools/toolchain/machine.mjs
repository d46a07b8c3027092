/**
 * Checks the requirements on a machine before anything is installed: a supported system, Python, Java or apt, MySQL,
 * and disk space.
 *
 * Each check returns or throws. All of them run before the first step, so that nothing is half installed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { output, repository, SetupError } from './step.mjs';

/**
 * The Python versions for which every locked package provides a wheel. Glue's version is tried first, then the default
 * version of the machine.
 */
const PYTHON_VERSIONS = ['3.11', '3.12', '3.13', '3.14'];
const GLUE_PYTHON = '3.13';
const PYTHON_NAMES = [`python${GLUE_PYTHON}`, 'python3', 'python3.12', 'python3.11', 'python3.14', 'python'];

/**
 * A first set-up writes 4.5 GB below `.local/` and 1 GB of `node_modules`. The rest is for the data of the local stack.
 */
const FIRST_SETUP_BYTES = 7e9;

/** The install command and the package names of each supported package manager. */
const PACKAGE_MANAGERS = {
  'apt-get': {
    install: 'apt-get install',
    python: 'python3',
    java: ['openjdk-17-jre-headless', 'openjdk-21-jre-headless'],
  },
  dnf: { install: 'dnf install', python: `python${GLUE_PYTHON}`, java: ['java-21-openjdk-headless'] },
};

/**
 * Thrown if this machine cannot run the local stack in its present state. The message is one line with the cause, the
 * requirement and the remedy.
 */
export class UnsupportedMachineError extends SetupError {
  /**
   * @param {string} found what the machine has
   * @param {string} needed what is needed instead
   * @param {string} remedy the command or the change that solves the problem
   */
  constructor(found, needed, remedy) {
    super(found, remedy);
    this.name = 'UnsupportedMachineError';
    this.message = `This machine is not supported yet: ${found}, and ${needed} is needed. What to do: ${remedy}.`;
  }
}

/**
 * Reads the name and the version of the operating system.
 *
 * @param {string} [file] an os-release file
 * @returns {{ id: string, version: number, name: string }} `name` is for people, such as `Debian GNU/Linux 13 (trixie)`
 */
export function readSystem(file = '/etc/os-release') {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const value = (key) => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { id: value('ID'), version: Number(value('VERSION_ID')) || 0, name: value('PRETTY_NAME') || process.platform };
}

/** Returns whether the system's packages include a supported Python. */
function hasPackagedPython({ id, version }) {
  return (id === 'debian' && version >= 12) || (id === 'ubuntu' && version >= 24.04) || id === 'fedora';
}

function packageManager() {
  const name = Object.keys(PACKAGE_MANAGERS).find((command) => output(command, ['--version']) !== undefined);
  return name && PACKAGE_MANAGERS[name];
}

/**
 * Checks the operating system, the processor and the C library.
 *
 * @param {{ platform: string, arch: string, glibc: string | undefined }} machine
 * @throws {UnsupportedMachineError} unless it is Linux with glibc on x64 or arm64
 */
export function checkPlatform({ platform, arch, glibc }) {
  if (platform !== 'linux') {
    const linux =
      platform === 'win32' ? 'WSL 2 with Ubuntu 24.04' : 'a Linux virtual machine or container with Debian 13';
    throw new UnsupportedMachineError(`its system is ${platform}`, 'Linux', `run the command in ${linux}`);
  }
  if (!['x64', 'arm64'].includes(arch)) {
    throw new UnsupportedMachineError(
      `its processor is ${arch}`,
      'x64 or arm64',
      'use a machine with an x64 or arm64 processor',
    );
  }
  if (glibc === undefined) {
    throw new UnsupportedMachineError(
      `${readSystem().name} has no glibc`,
      'a system with glibc',
      'use Debian 12, Ubuntu 24.04 or newer; Alpine containers do not work',
    );
  }
}

/**
 * Finds the interpreter for the job and the emulator: CENTFLOW_PYTHON if it is set, else the first supported one on the PATH.
 *
 * @returns {{ executable: string, version: string }}
 * @throws {UnsupportedMachineError} if there is none
 */
export function findPython() {
  const named = process.env.CENTFLOW_PYTHON;
  const found = [];
  for (const name of named ? [named] : PYTHON_NAMES) {
    const python = describePython(name);
    if (python === undefined) continue;
    if (python.problem === undefined) return python;
    found.push(`${name} is ${python.problem}`);
  }
  const needed = `CPython ${PYTHON_VERSIONS.slice(0, -1).join(', ')} or ${PYTHON_VERSIONS.at(-1)}`;
  if (named) {
    const what = found[0] ?? `${named} does not run`;
    throw new UnsupportedMachineError(
      `CENTFLOW_PYTHON is set, ${what}`,
      needed,
      'set the variable to such a Python, or unset it',
    );
  }
  throw new UnsupportedMachineError(found.join(', ') || 'no Python was found on this machine', needed, pythonRemedy());
}

/**
 * Describes an interpreter. `problem` is set if the interpreter is not supported. Returns undefined if the command does
 * not run.
 */
function describePython(command) {
  const program =
    'import sys, sysconfig; print(sys.executable, sys.implementation.name, "%d.%d" % sys.version_info[:2],' +
    ' sysconfig.get_config_var("Py_GIL_DISABLED") or 0, sep="\\n")';
  const [executable, implementation, version, withoutGil] = output(command, ['-c', program])?.trim().split('\n') ?? [];
  if (executable === undefined) return undefined;
  let problem;
  if (implementation !== 'cpython') problem = `${implementation} ${version}`;
  else if (!PYTHON_VERSIONS.includes(version)) problem = `Python ${version}`;
  else if (withoutGil !== '0') problem = `Python ${version} without the GIL`;
  return { executable, version, problem };
}

function pythonRemedy() {
  const system = readSystem();
  const manager = packageManager();
  if (manager !== undefined && hasPackagedPython(system)) return `\`${manager.install} ${manager.python}\``;
  return (
    `${system.name} may have no such package: install Python ${GLUE_PYTHON} beside its own` +
    ` (\`pip install uv && uv python install ${GLUE_PYTHON}\`), or use Debian 12, Ubuntu 24.04 or newer`
  );
}

/**
 * Creates the error that explains how to install a Java that Spark 4.1 runs on.
 *
 * @param {string[]} found what was found instead, such as `java is 11`
 * @returns {UnsupportedMachineError}
 */
export function javaNeeded(found) {
  const manager = packageManager();
  return new UnsupportedMachineError(
    found.join(', ') || 'no Java was found on this machine',
    'Java 17 or 21 with the module jdk.incubator.vector, which Spark 4.1 loads,',
    manager
      ? `\`${manager.install} ${manager.java.join('` or `')}\`, or set JAVA_HOME to such a Java`
      : 'install such a Java, for example Temurin 21, and set JAVA_HOME to it',
  );
}

/**
 * Checks that the disk has enough space for a first set-up.
 *
 * @param {number | undefined} freeBytes undefined if the machine cannot report it
 * @throws {UnsupportedMachineError} if the disk has too little space
 */
export function checkDisk(freeBytes) {
  if (freeBytes === undefined || freeBytes >= FIRST_SETUP_BYTES) return;
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new UnsupportedMachineError(
    `the disk of ${repository} has ${gigabytes(freeBytes)} free`,
    gigabytes(FIRST_SETUP_BYTES),
    'free some space (`df -h`, `du -sh *`), or clone the repository onto a larger disk',
  );
}

/** Returns the free bytes on the disk of the repository. */
export function freeBytes() {
  const blocks = output('df', ['-Pk', repository])?.trim().split('\n').at(-1)?.split(/\s+/)[3];
  return blocks === undefined ? undefined : Number(blocks) * 1024;
}

/** Returns the version of glibc, or undefined on a system with another C library, such as Alpine. */
export function glibcVersion() {
  // Without this setting, the report does a DNS lookup for each address of the machine.
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime;
}

/** Returns whether apt can download packages on this machine. */
export const hasApt = () =>
  output('apt-get', ['--version']) !== undefined && output('dpkg', ['--version']) !== undefined;

/** Returns whether an earlier set-up installed the Python packages, which need most of the disk space. */
export const wasSetUp = (local) => existsSync(join(local, 'stamps', 'python'));
