/**
 * The command `test`: runs the tests of every package, in both languages. The last line of the output counts all tests.
 *
 * Packages that only need a MySQL server share a temporary server. Packages that test the server itself start another
 * one.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '@centflow/command-line/run-child';
import { renderTable } from '@centflow/command-line/table';
import { readToolPaths, repository, type ToolPaths, turboEnvironment } from '@centflow/local-processes/paths';
import { startTemporaryMysql } from '@centflow/local-processes/temporary-mysql';
import { type Command, Option } from 'commander';
import { readReport, type TestCounts } from './junit.ts';

/** A package of the workspace. */
export interface WorkspacePackage {
  readonly name: string;
  /** The path relative to the root of the repository. */
  readonly folder: string;
  readonly hasTests: boolean;
  /** The names of the package's dependencies, including development dependencies. */
  readonly dependencies: readonly string[];
}

/**
 * Maps path prefixes to the packages whose tests use these files without a declared dependency.
 *
 * The files belong to no package, or to a package that is not a dependency.
 */
export const READERS: Readonly<Record<string, readonly string[]>> = {
  '.github/': ['@centflow/delivery', '@centflow/infra', '@centflow/tools'],
  'apps/cli/': ['@centflow/console', '@centflow/delivery', '@centflow/glue'],
  'docs/': ['@centflow/delivery', '@centflow/glue', '@centflow/infra', '@centflow/schema', '@centflow/tools'],
  'glue/': ['@centflow/preview'],
  'packages/local-processes/': ['@centflow/console', '@centflow/delivery', '@centflow/glue'],
  'packages/local-stack/': ['@centflow/console', '@centflow/delivery', '@centflow/glue'],
  'README.md': ['@centflow/infra', '@centflow/tools'],
  'samples/': ['@centflow/cli', '@centflow/glue', '@centflow/preview', '@centflow/schema', '@centflow/tools'],
};

interface Manifest {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface TestOptions {
  readonly filter?: readonly string[];
  readonly changed?: string | true;
}

export function addTest(program: Command): void {
  program
    .command('test')
    .description('run every test of both languages')
    .option('--filter <packages...>', 'only the tests of some packages, such as @centflow/glue')
    .addOption(
      new Option(
        '--changed [branch]',
        'only the tests of packages that differ from the branch (by default origin/main or main), and of their dependents',
      ).conflicts('filter'),
    )
    .action(testAll);
}

async function testAll({ filter, changed }: TestOptions): Promise<void> {
  const tools = readToolPaths();
  if (changed === undefined) return withMysql((server) => runPackageTests(tools, server, filter));
  const branch = changed === true ? mainBranch() : changed;
  const names = affectedPackages(changedFiles(repository, branch), workspacePackages());
  console.log(`The changes since ${branch} affect ${names.join(', ') || 'no package that has tests'}.`);
  if (names.length === 0) console.log('0 passed, 0 failed, 0 skipped');
  else await withMysql((server) => runPackageTests(tools, server, names));
}

/** Returns the main branch of the remote if this clone has a remote, otherwise the local one. */
function mainBranch(): string {
  return git(repository, 'branch', '--remotes', '--list', 'origin/main') === '' ? 'main' : 'origin/main';
}

/** Returns the files that changed since the branch's merge base: committed, uncommitted and untracked files. */
export function changedFiles(folder: string, branch: string): string[] {
  const base = git(folder, 'merge-base', branch, 'HEAD').trim();
  return [
    ...git(folder, 'diff', '--name-only', '--no-renames', '-z', base).split('\0'),
    ...git(folder, 'ls-files', '--others', '--exclude-standard', '-z').split('\0'),
  ].filter((file) => file !== '');
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/**
 * Returns the names of all packages with tests that changed files affect: the packages of these files, the dependents
 * of these packages, and the `READERS` of these files.
 *
 * A file that belongs to no package and has no `READERS`, such as pnpm-lock.yaml, affects every package.
 */
export function affectedPackages(files: readonly string[], packages: readonly WorkspacePackage[]): string[] {
  const affected = new Set<string>();
  const add = (name: string) => {
    if (affected.has(name)) return;
    affected.add(name);
    for (const { name: dependent, dependencies } of packages) if (dependencies.includes(name)) add(dependent);
  };
  const readers = new Set<string>();
  for (const file of files) {
    const owner = packages.find(({ folder }) => file.startsWith(`${folder}/`));
    const readBy = Object.entries(READERS).flatMap(([start, names]) => (file.startsWith(start) ? names : []));
    for (const name of readBy) readers.add(name);
    if (owner !== undefined) add(owner.name);
    else if (readBy.length === 0) for (const { name } of packages) add(name);
  }
  return packages
    .filter(({ name, hasTests }) => hasTests && (affected.has(name) || readers.has(name)))
    .map(({ name }) => name);
}

/** Runs the tests of the named packages, or of all packages, and prints the counts. A failure sets the exit code. */
export async function runPackageTests(tools: ToolPaths, mysqlUrl: string, names?: readonly string[]): Promise<void> {
  const packages = workspacePackages().filter(
    ({ name, hasTests }) => hasTests && (names === undefined || names.includes(name)),
  );
  // Old reports are deleted, so that they are not counted again.
  for (const { folder } of packages) rmSync(reportsFolder(folder), { recursive: true, force: true });
  summarise(packages, await runTests(tools, mysqlUrl, packages));
}

function reportsFolder(folder: string): string {
  return join(repository, folder, 'reports');
}

/** Returns every package of the workspace. */
export function workspacePackages(): WorkspacePackage[] {
  const folders = ['infra', 'glue', 'tools'];
  for (const parent of ['apps', 'packages']) {
    for (const entry of readdirSync(join(repository, parent))) folders.push(join(parent, entry));
  }
  return folders.flatMap((folder) => {
    try {
      const { name, scripts, dependencies, devDependencies } = JSON.parse(
        readFileSync(join(repository, folder, 'package.json'), 'utf8'),
      ) as Manifest;
      const needed = Object.keys({ ...dependencies, ...devDependencies });
      return [{ name, folder, hasTests: scripts?.test !== undefined, dependencies: needed }];
    } catch {
      return [];
    }
  });
}

async function withMysql<Result>(work: (url: string) => Promise<Result>): Promise<Result> {
  const given = process.env.CENTFLOW_MYSQL_URL;
  if (given) return work(given);
  const server = await startTemporaryMysql();
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

/** Returns the variables that tests of both languages need. */
export function testEnvironment(tools: ToolPaths): Record<string, string | undefined> {
  return { JAVA_HOME: tools.javaHome, PYSPARK_PYTHON: tools.python, ...turboEnvironment(tools) };
}

/** The packages with the slowest tests. These tests start first, so that no slow package runs alone at the end. */
const LONGEST = ['@centflow/glue', '@centflow/console', '@centflow/delivery', '@centflow/cli', '@centflow/preview'];

/** Three packages run at a time on two cores, because each package waits for servers part of the time. */
const AT_ONCE = 3;

/** Returns the packages in the order in which their tests start. */
export function longestFirst(packages: readonly WorkspacePackage[]): WorkspacePackage[] {
  const rank = ({ name }: WorkspacePackage) => (LONGEST.includes(name) ? LONGEST.indexOf(name) : LONGEST.length);
  return packages.toSorted((one, other) => rank(one) - rank(other));
}

/**
 * Builds the packages, then runs the tests of each package, even if the tests of another package fail.
 *
 * @returns the highest exit code of Turbo's runs
 */
async function runTests(tools: ToolPaths, mysqlUrl: string, packages: readonly WorkspacePackage[]): Promise<number> {
  const turbo = (...args: readonly string[]) =>
    runChild(tools.pnpm, ['exec', 'turbo', 'run', ...args], {
      cwd: repository,
      env: { CENTFLOW_MYSQL_URL: mysqlUrl, ...testEnvironment(tools) },
    });
  const filters = packages.map(({ name }) => `--filter=${name}`);
  if ((await turbo('build', '--continue', '--output-logs=new-only', ...filters)) !== 0) {
    // After a failed build, Turbo omits only the tests that need this build.
    return turbo('test', '--continue', `--concurrency=${AT_ONCE}`, '--output-logs=full', ...filters);
  }
  const waiting = longestFirst(packages);
  let exitCode = 0;
  const runWaiting = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      exitCode = Math.max(exitCode, await turbo('test', '--only', '--output-logs=full', `--filter=${next.name}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runWaiting));
  return exitCode;
}

/** Programs read the last line, `N passed, N failed, N skipped`. */
function summarise(packages: readonly WorkspacePackage[], exitCode: number): void {
  const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  const silent: string[] = [];
  const failures: string[] = [];
  const rows = packages.map(({ name, folder }) => {
    const report = readReport(join(reportsFolder(folder), 'junit.xml'));
    if (report === undefined) {
      silent.push(name);
      return { package: name, passed: '', failed: 'no report', skipped: '' };
    }
    const { failures: failed, ...counts } = report;
    for (const kind of ['passed', 'failed', 'skipped'] as const) total[kind] += counts[kind];
    failures.push(...failed.map((failure) => `✗ ${name} ${failure}`));
    return { package: name, ...counts };
  });
  // A package that failed before it wrote a report counts as one failed test.
  total.failed += silent.length;
  if (exitCode !== 0 && total.failed === 0) {
    console.error('A package failed although each of its tests passed. The output above shows the reason.');
    total.failed = 1;
  }
  console.log(['', renderTable(rows), ...failures].join('\n'));
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}
