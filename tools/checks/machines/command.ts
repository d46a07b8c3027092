/** The command `machines`: runs the README's two commands as a new user, in a minimal root of each supported Debian release. */
import { readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { type Command, Option } from 'commander';
import { checkHost, removeRoot } from './debian-root.ts';
import { type FreshUser, logFileOf, makeFreshUser, type Ran, runAsUser } from './fresh-user.ts';
import { RELEASES, type Release } from './releases.ts';
import { readTestLog } from './test-log.ts';

interface MachinesOptions {
  readonly release?: string;
  readonly only?: 'start' | 'test';
  readonly run?: string;
  readonly fresh: boolean;
}

/** A shell command that a new user runs. */
interface Check {
  /** The name in the report. */
  readonly name: string;
  readonly line: string;
  /** The part of the log file's name that identifies the check. */
  readonly log: string;
  /** Whether the check is skipped after a failure of the same command on the same machine. */
  readonly needsFirst?: boolean;
}

const START = 'npm start -- --once';
const CHECKS = {
  start: [
    { name: 'npm start', line: START, log: 'start' },
    { name: 'again', line: START, log: 'start-again', needsFirst: true },
  ],
  test: [{ name: 'npm test', line: 'npm test', log: 'test' }],
} satisfies Record<string, readonly Check[]>;

export function addMachines(program: Command): void {
  program
    .command('machines')
    .description('run `npm start` and `npm test` as a new user, in a minimal root of each supported Debian release')
    .addOption(new Option('--release <number>', 'only this release').choices(RELEASES.map(({ number }) => number)))
    .addOption(new Option('--only <command>', 'only this command').choices(Object.keys(CHECKS)))
    .addOption(
      new Option('--run <line>', 'run this shell command in the clone instead of the two commands').conflicts('only'),
    )
    .option('--fresh', 'rebuild the roots with the latest packages', false)
    .action(runMachines);
}

async function runMachines({ release, only, run, fresh }: MachinesOptions): Promise<void> {
  checkHost();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const machine of RELEASES.filter(({ number }) => release === undefined || number === release)) {
    console.log(`… Debian ${machine.number}`);
    await runRelease(machine, checksOf(only, run), fresh, counts);
  }
  if (counts.failed > 0) process.exitCode = 1;
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}

function checksOf(only: MachinesOptions['only'], run: string | undefined): readonly Check[] {
  if (run !== undefined) return [{ name: run, line: run, log: 'run' }];
  return only === undefined ? [...CHECKS.start, ...CHECKS.test] : CHECKS[only];
}

/** Runs the checks of one release in order, and prints one line with the results. */
async function runRelease(
  release: Release,
  checks: readonly Check[],
  fresh: boolean,
  counts: Record<'passed' | 'failed' | 'skipped', number>,
): Promise<void> {
  const user = await makeFreshUser(release, fresh);
  const results: string[] = [];
  const details: string[] = [];
  let failedLine: string | undefined;
  for (const check of checks) {
    if (check.needsFirst && failedLine === check.line) {
      counts.skipped += 1;
      results.push(`${check.name} skipped`);
      continue;
    }
    const ran = await runCheck(release, user, check);
    counts[ran.passed ? 'passed' : 'failed'] += 1;
    if (!ran.passed) failedLine = check.line;
    const { summary, leftOut, failures } = readTestLog(readFileSync(ran.logFile, 'utf8'));
    const outcome = summary === undefined ? [] : [`${summary},`];
    results.push([check.name, ...outcome, ...(ran.passed ? [] : ['failed after']), duration(ran.seconds)].join(' '));
    details.push(...leftOut.map((reason) => `${check.name} skipped tests: ${reason}`), ...failures);
    if (!ran.passed) details.push(`${check.name} failed. The output is in ${relative(process.cwd(), ran.logFile)}`);
  }
  const sign = failedLine === undefined ? '✔' : '✖';
  console.log(`${sign} Debian ${release.number} (${user.versions}): ${results.join(', ')}`);
  for (const detail of details) console.log(`    ${detail}`);
  if (failedLine === undefined) removeRoot(user.root);
  else console.log(`    Its root is kept: ${relative(process.cwd(), user.root.folder)}`);
}

async function runCheck(release: Release, user: FreshUser, check: Check): Promise<Ran> {
  const logFile = logFileOf(release, check.log);
  rmSync(logFile, { force: true });
  return await runAsUser(user, check.line, logFile);
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
