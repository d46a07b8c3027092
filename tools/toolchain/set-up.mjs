/**
 * Installs the missing tools and packages, then runs the command on Node 22.
 *
 * This file is plain JavaScript without dependencies. It runs before any package is installed, on the machine's
 * Node (18 or newer).
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installChromium, recordedChromium } from './chromium.mjs';
import { installFaketime, recordedFaketime } from './faketime.mjs';
import { checkJava, findJava } from './java.mjs';
import { checkDisk, checkPlatform, findPython, freeBytes, glibcVersion, wasSetUp } from './machine.mjs';
import { checkMysql, installMysql, mysqlHome, mysqlLibraries } from './mysql.mjs';
import { installNode, installPackages, node, path, pnpm } from './node.mjs';
import { emulatorPython, installPython, python, uv } from './python.mjs';
import { archiveSparkClasses, sparkClasses } from './spark-classes.mjs';
import { local, repository, SetupError, toolchain, virtualEnvironment } from './step.mjs';

/**
 * Returns whether a command needs no Python, Spark, Java or MySQL on this machine. `machines` sets up other machines.
 * Only `deliver release` builds a release; the other `deliver` commands use a release that is already built.
 */
const needsPackagesOnly = ([program, command]) =>
  program === 'machines' || (program === 'deliver' && command !== 'release');

/** Refuses an unsupported machine before anything is installed. */
function checkMachine(commandLine) {
  const { platform, arch } = process;
  if (wasSetUp(local)) return;
  checkPlatform({ platform, arch, glibc: platform === 'linux' ? glibcVersion() : undefined });
  if (needsPackagesOnly(commandLine)) return;
  findPython();
  checkJava();
  checkMysql({ arch });
  checkDisk(freeBytes());
}

async function setUp(commandLine) {
  checkMachine(commandLine);
  await installNode();
  if (needsPackagesOnly(commandLine)) return await installPackages();
  // Both installations run in parallel, because one waits for the npm registry, the other for PyPI and Maven.
  const [packages, parts, browser] = await Promise.allSettled([
    installPackages(),
    installParts(),
    installBrowser(commandLine),
  ]);
  for (const outcome of [packages, parts, browser]) if (outcome.status === 'rejected') throw outcome.reason;
  const javaHome = parts.value;
  mkdirSync(toolchain, { recursive: true });
  const chromium = recordedChromium();
  const faketime = commandLine[0] === 'chaos' ? await installFaketime() : recordedFaketime();
  const paths = {
    ...(faketime === undefined ? {} : { faketime }),
    ...{ node, pnpm, uv, python, virtualEnvironment, emulatorPython },
    ...{ javaHome, sparkClasses, mysqlHome, mysqlLibraries, chromium },
  };
  const file = join(toolchain, 'paths.json');
  const text = `${JSON.stringify(paths, undefined, 2)}\n`;
  // Another command may be reading the file, so write it only if it changes.
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

/**
 * Installs a browser. If no browser can be installed, the browser tests are skipped and report the reason. For
 * `pictures`, or if CENTFLOW_REQUIRE_BROWSER is set, a missing browser is an error.
 */
async function installBrowser([command]) {
  if (!['test', 'bench', 'pictures'].includes(command)) return;
  try {
    await installChromium();
  } catch (error) {
    if (!(error instanceof SetupError) || command === 'pictures' || process.env.CENTFLOW_REQUIRE_BROWSER) throw error;
    console.error(`${error.message}\n  Until then, all tests that need a browser are skipped.`);
  }
}

/** @returns {Promise<string>} JAVA_HOME */
async function installParts() {
  const [javaHome] = await Promise.all([findJava(), installPython()]);
  await Promise.all([installMysql(javaHome), archiveSparkClasses(javaHome)]);
  return javaHome;
}

/** The program of each command. The other commands are in tools/. */
const programs = {
  start: 'apps/cli/src/main.ts',
  stack: 'apps/cli/src/main.ts',
  centflow: 'apps/cli/src/main.ts',
  infra: 'apps/delivery/src/main.ts',
  deliver: 'apps/delivery/src/main.ts',
};

/** Runs the command's program, and exits with its exit code. */
function runCommand(commandLine) {
  const child = spawn(
    node,
    [
      '--disable-warning=ExperimentalWarning',
      join(repository, programs[commandLine[0]] ?? 'tools/main.ts'),
      ...commandLine,
    ],
    {
      // The child notices the end of this process through the closed channel, even after a SIGKILL.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, PATH: path, ...caches() },
    },
  );
  // In a terminal, Ctrl-C also reaches the child directly. A signal to this process alone is passed on.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  stopWithNpm(child);
  child.on('error', (error) => {
    console.error(`Node 22 did not start: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1);
  });
}

/**
 * Sets the folders in which Node and Python cache compiled code, because each test run starts hundreds of processes.
 *
 * Container images often set PYTHONDONTWRITEBYTECODE, which makes every process compile all of its imports.
 */
function caches() {
  return {
    NODE_COMPILE_CACHE: join(local, 'cache', 'node'),
    PYTHONPYCACHEPREFIX: join(local, 'cache', 'python'),
    PYTHONDONTWRITEBYTECODE: undefined,
  };
}

/**
 * Stops the child when npm, or the shell between npm and this process, has ended. A killed npm cannot pass on a signal
 * to this process.
 */
function stopWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const ancestors = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const ancestorsAtStart = ancestors();
  const watch = setInterval(() => {
    if (ancestors() !== ancestorsAtStart) child.kill('SIGTERM');
  }, 1000);
  watch.unref();
}

function parentOf(pid) {
  try {
    return /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

try {
  const commandLine = process.argv.slice(2);
  await setUp(commandLine);
  runCommand(commandLine);
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
