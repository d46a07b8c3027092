/** Runs the checks one after the other and prints a line for each. */
import type { Environment } from '@centflow/infra';
import { namesOf } from '@centflow/infra';
import type { Release } from '../release/release.ts';
import type { Account } from './account.ts';
import { type Check, NotYetError, type Outcome, type Result, SeenError } from './check.ts';
import { checks as allChecks } from './checks/index.ts';
import { Console } from './console.ts';
import { type AcceptContext, Pace } from './context.ts';
import type { Deployed } from './deployed.ts';
import { NotAcceptedError } from './errors.ts';
import { OwnUploads } from './own-uploads.ts';
import { type Report, summaryOf, writeReport } from './report.ts';
import { howToMakePerson, type Person, signIn } from './sign-in.ts';
import type { Web } from './web.ts';

export interface AcceptOptions {
  readonly environment: Environment;
  readonly release: Release;
  readonly account: Account;
  readonly deployed: Deployed;
  readonly web: Web;
  /** The user who signs in to the console; undefined if no user is configured. */
  readonly person: Person | undefined;
  readonly firstDeployedAt: Date | undefined;
  /** Whether to run checks that affect the whole environment. */
  readonly disruptive: boolean;
  /** Whether to run the check that restores a backup. */
  readonly restore: boolean;
  /** The reason why a check cannot prove anything in this environment, by check name. Used for emulators. */
  readonly unproven: Readonly<Record<string, string>>;
  /** Milliseconds between two polls of a check that waits. */
  readonly pauseMs: number;
  /** Aborts the checks. An aborted check still restores the settings that it changed. */
  readonly signal: AbortSignal;
  /** The folder for the report. */
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly checks?: readonly Check[];
}

const MARKS: Readonly<Record<Outcome, string>> = { passed: '✔', failed: '✘', skipped: '-', unproven: '?' };

/** The properties that no check can prove, because the AWS APIs do not show them. */
export const neverProven = [
  'Whether mails arrive. The checks only confirm that SNS accepted them. Look in each inbox for the mails of the check `alarm-mails`.',
  'Whether a person can sign up. The checks do not cover the pages and mails of Cognito.',
  'Whether the environment survives the failure of an availability zone, of the primary RDS instance or of a VPC endpoint.',
  'Whether QuickSight draws the charts correctly. The checks only confirm that data sets and dashboards exist without errors.',
] as const;

/**
 * Runs every check. A failed check does not stop the others.
 *
 * @throws {NotAcceptedError} a check failed. The report is written in this case too.
 */
export async function accept(options: AcceptOptions): Promise<Report> {
  const { environment, say, unproven, checks = allChecks } = options;
  refuseUnknown(Object.keys(unproven), checks);
  const startedAt = new Date();
  const context = contextOf(options, startedAt);
  listDisruptive(options, checks);
  const results: Result[] = [];
  try {
    const left = await context.uploads.clean();
    if (left > 0) say(`Deleted ${left} objects of an earlier, interrupted run.`);
    for (const check of checks) {
      const result = await runOne(check, options, context);
      results.push(result);
      say(lineOf(result));
    }
  } finally {
    await context.uploads
      .clean()
      .catch((error: unknown) => say(`The uploads of these checks could not be deleted: ${error}`));
  }
  const report: Report = {
    environment: environment.name,
    accountId: environment.accountId,
    region: environment.region,
    version: options.release.version,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    results,
    neverProven,
  };
  const { markdown, json } = writeReport(options.folder, report);
  say(`${summaryOf(results)}. Report: ${markdown} and ${json}`);
  const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
  if (failed.length > 0) {
    throw new NotAcceptedError(
      `${environment.name} is not accepted: ${failed.join(', ')} failed. Follow "What to do" of each, and run \`npm run deliver -- accept --environment ${environment.name}\` again.`,
    );
  }
  return report;
}

/** Rejects names of checks that do not exist, so that the list of unproven checks stays current. */
function refuseUnknown(names: readonly string[], checks: readonly Check[]): void {
  const known = new Set(checks.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new Error(`There is no check named ${unknown.join(', ')}. Correct the list of unproven checks.`);
}

function contextOf(options: AcceptOptions, since: Date): AcceptContext {
  const { environment, release, account, deployed, web, firstDeployedAt, say } = options;
  const pace = new Pace(options.pauseMs, options.signal);
  return {
    environment,
    names: namesOf(environment),
    release,
    account,
    deployed,
    uploads: new OwnUploads(account, environment, pace),
    web,
    pace,
    restoring: new Pace(options.pauseMs, new AbortController().signal),
    firstDeployedAt,
    since,
    say,
    console: consolesOf(options),
  };
}

/**
 * The time for which the checks reuse a token, in milliseconds. A token is valid for 15 minutes, and a console check
 * may wait for up to ten. Checks share a token because Cognito accepts each 30-second authenticator code only once.
 */
const TOKEN_REUSE_MS = 240_000;

function consolesOf(options: AcceptOptions): () => Promise<Console> {
  let { person } = options;
  let newest: { readonly console: Promise<Console>; readonly openedAt: number } | undefined;
  return () => {
    if (newest === undefined || Date.now() - newest.openedAt > TOKEN_REUSE_MS) {
      const console = openConsole({ ...options, person }, (totpSecret) => {
        if (person !== undefined) person = { ...person, totpSecret };
      });
      // Does not reuse a failed sign-in, so that the next check signs in again.
      console.catch(() => {
        newest = undefined;
      });
      newest = { console, openedAt: Date.now() };
    }
    return newest.console;
  };
}

async function openConsole(
  { account, deployed, web, person }: AcceptOptions,
  onNewSecret: (secret: string) => void,
): Promise<Console> {
  const origin = deployed.output('console', 'console_url');
  const poolId = deployed.output('console', 'user_pool_id');
  if (person === undefined) {
    throw new SeenError(
      `no console user is configured. Create a user, and set CENTFLOW_ACCEPT_USER and CENTFLOW_ACCEPT_PASSWORD: ${howToMakePerson(poolId)}`,
    );
  }
  const { signIn: how } = await new Console(origin, web).call<{ signIn: { clientId?: string } }>('getConfig');
  const token = await signIn(account.cognito, { poolId, clientId: how.clientId ?? '', person, onNewSecret });
  return new Console(origin, web, token);
}

function listDisruptive({ disruptive, environment, say, unproven }: AcceptOptions, checks: readonly Check[]): void {
  const touching = checks.filter(
    (check) => check.disruptive !== null && unproven[check.name] === undefined && check.option === undefined,
  );
  say(
    disruptive
      ? `These checks affect all of ${environment.name}:`
      : `These checks affect all of ${environment.name}, so they run only with --disruptive:`,
  );
  for (const { name, disruptive: what } of touching) say(`  ${name}: ${what}`);
}

async function runOne(check: Check, options: AcceptOptions, context: AcceptContext): Promise<Result> {
  const since = performance.now();
  const ended = (outcome: Outcome, detail: string): Result => {
    const { name, proves, ifItFails, disruptive } = check;
    return { name, proves, ifItFails, disruptive, outcome, detail, seconds: (performance.now() - since) / 1000 };
  };
  const reason = reasonToSkip(check, options);
  if (reason !== undefined) return ended('skipped', reason);
  const unproven = options.unproven[check.name];
  if (unproven !== undefined) return ended('unproven', unproven);
  if (context.pace.interrupted) return ended('skipped', 'the command was interrupted before');
  try {
    return ended('passed', await check.run(context));
  } catch (error) {
    if (error instanceof NotYetError) return ended('skipped', error.message);
    return ended('failed', describe(error));
  }
}

function reasonToSkip(check: Check, { environment, disruptive, restore }: AcceptOptions): string | undefined {
  const absent = check.absent?.(environment);
  if (absent !== undefined) return absent;
  if (check.option === 'restore' && !restore)
    return 'it takes half an hour or more and creates a second database: run with --restore';
  if (check.disruptive !== null && !disruptive) return 'it affects the whole environment: run with --disruptive';
  return undefined;
}

function lineOf({ name, proves, outcome, seconds, detail, ifItFails }: Result): string {
  const mark = MARKS[outcome];
  if (outcome === 'passed') {
    return `${mark} ${name}: ${proves} (${[`${seconds.toFixed(1)} s`, detail].filter((part) => part !== '').join(', ')})`;
  }
  if (outcome === 'failed') return `${mark} ${name}: ${proves}\n    Seen: ${detail}\n    What to do: ${ifItFails}`;
  return `${mark} ${name}: ${outcome === 'skipped' ? 'skipped' : 'not proven here'}, ${detail}`;
}

function describe(error: unknown): string {
  if (error instanceof SeenError) return error.message;
  return error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error);
}
