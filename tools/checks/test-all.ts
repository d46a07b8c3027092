/**
 * `test`: the tests of every package, in both languages, with one line at the end that counts them all.
 *
 * Packages that only need a MySQL server share a throw-away one; those that test the server itself start their own.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '@centflow/command-line/run-child';
import { renderTable } from '@centflow/command-line/table';
import { readToolPaths, repository, type ToolPaths, turboEnvironment } from '@centflow/local-processes/paths';
import { startTemporaryMysql } from '@centflow/local-processes/temporary-mysql';
import type { Command } from 'commander';
import { readReport, type TestCounts } from './junit.ts';

interface TestPackage {
  readonly name: string;
  readonly folder: string;
}

export function addTest(program: Command): void {
  program
    .command('test')
    .description('run every test of both languages')
    .option('--filter <packages...>', 'only the tests of some packages, such as @centflow/glue')
    .action(testAll);
}

async function testAll({ filter }: { filter?: readonly string[] }): Promise<void> {
  const tools = readToolPaths();
  await withMysql((server) => runPackageTests(tools, server, filter));
}

/** Runs the tests of the named packages, or of all, and reports them; a failure sets the exit code. */
export async function runPackageTests(tools: ToolPaths, mysqlUrl: string, names?: readonly string[]): Promise<void> {
  const packages = testPackages().filter(({ name }) => names === undefined || names.includes(name));
  // A report of an earlier run must not count.
  for (const { folder } of packages) rmSync(join(folder, 'reports'), { recursive: true, force: true });
  summarise(packages, await runTests(tools, mysqlUrl, packages));
}

/** Every package of the workspace that has tests. */
function testPackages(): TestPackage[] {
  const folders = ['infra', 'glue', 'tools'];
  for (const parent of ['apps', 'packages']) {
    for (const entry of readdirSync(join(repository, parent))) folders.push(join(parent, entry));
  }
  return folders.flatMap((folder) => {
    try {
      const manifest = JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as {
        name: string;
        scripts?: Record<string, string>;
      };
      return manifest.scripts?.test === undefined ? [] : [{ name: manifest.name, folder: join(repository, folder) }];
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

/**
 * Three packages at a time, for two cores: each waits for servers part of its time. A package that fails does not keep the
 * others from running.
 */
async function runTests(tools: ToolPaths, mysqlUrl: string, packages: readonly TestPackage[]): Promise<number> {
  const filters = packages.map(({ name }) => `--filter=${name}`);
  return runChild(
    tools.pnpm,
    ['exec', 'turbo', 'run', 'test', '--continue', '--concurrency=3', '--output-logs=full', ...filters],
    {
      cwd: repository,
      env: {
        CENTFLOW_MYSQL_URL: mysqlUrl,
        JAVA_HOME: tools.javaHome,
        PYSPARK_PYTHON: tools.python,
        ...turboEnvironment(tools),
      },
    },
  );
}

/** The last line is read by machines: `N passed, N failed, N skipped`. */
function summarise(packages: readonly TestPackage[], exitCode: number): void {
  const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  const silent: string[] = [];
  const failures: string[] = [];
  const rows = packages.map(({ name, folder }) => {
    const report = readReport(join(folder, 'reports', 'junit.xml'));
    if (report === undefined) {
      silent.push(name);
      return { package: name, passed: '', failed: 'no report', skipped: '' };
    }
    const { failures: failed, ...counts } = report;
    for (const kind of ['passed', 'failed', 'skipped'] as const) total[kind] += counts[kind];
    failures.push(...failed.map((failure) => `✗ ${name} ${failure}`));
    return { package: name, ...counts };
  });
  // What broke before it could report a test failed all the same.
  total.failed += silent.length;
  if (exitCode !== 0 && total.failed === 0) {
    console.error('A package ended badly although each of its tests passed; its output above says why.');
    total.failed = 1;
  }
  console.log(['', renderTable(rows), ...failures].join('\n'));
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}
