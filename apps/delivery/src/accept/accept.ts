/** Runs the checks one after the other and reports a line for each. */
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
  /** Who signs in to the console; undefined: nobody was named. */
  readonly person: Person | undefined;
  readonly firstDeployedAt: Date | undefined;
  /** Whether checks may run that touch the whole environment. */
  readonly disruptive: boolean;
  /** Whether a backup is restored. */
  readonly restore: boolean;
  /** Why a check cannot be shown where it runs, by the check's name. */
  readonly unproven: Readonly<Record<string, string>>;
  /** Milliseconds between two questions of a check that waits. */
  readonly pauseMs: number;
  /** Ends the checks; what they changed is restored. */
  readonly signal: AbortSignal;
  /** Where the report goes. */
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly checks?: readonly Check[];
}

const MARKS: Readonly<Record<Outcome, string>> = { passed: '✔', failed: '✘', skipped: '-', unproven: '?' };

/** What AWS's API cannot show, whatever the checks find. */
export const neverProven = [
  'A mail is in the inbox of each person: the checks see that SNS took it. Look for the mails that the check `alarm-mails` sent.',
  'Sign-up by a person, Cognito’s own pages, and its mails.',
  'A failure of an availability zone, of RDS’s primary instance or of a VPC endpoint.',
  'What QuickSight draws: the checks see that its data sets and dashboards exist without errors, and no chart.',
] as const;

/**
 * Runs every check; one that fails does not keep the others from running.
 *
 * @throws {NotAcceptedError} a check failed; the report is written all the same.
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
    if (left > 0) say(`An earlier run left ${left} objects: they are deleted.`);
    for (const check of checks) {
      const result = await runOne(check, options, context);
      results.push(result);
      say(lineOf(result));
    }
  } finally {
    await context.uploads.clean().catch((error: unknown) => say(`Its uploads could not be deleted: ${error}`));
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
      `${environment.name} is not accepted: ${failed.join(', ')} failed. Do what stands below each, and run \`npm run deliver -- accept --environment ${environment.name}\` again.`,
    );
  }
  return report;
}

/** A list of exceptions must not outlive the checks that it names. */
function refuseUnknown(names: readonly string[], checks: readonly Check[]): void {
  const known = new Set(checks.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new Error(`No check is called ${unknown.join(', ')}: correct the list of what is unproven.`);
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
 * A token lives for 15 minutes and a check of the console may wait for ten, so one is used by the checks of four minutes. Cognito
 * takes no code of an authenticator app twice: signing in for each check would be refused within half a minute.
 */
const TOKEN_USED_MS = 240_000;

function consolesOf(options: AcceptOptions): () => Promise<Console> {
  let { person } = options;
  let newest: { readonly console: Promise<Console>; readonly at: number } | undefined;
  return () => {
    if (newest === undefined || Date.now() - newest.at > TOKEN_USED_MS) {
      const console = openConsole({ ...options, person }, (totpSecret) => {
        if (person !== undefined) person = { ...person, totpSecret };
      });
      // One that failed is tried again by the next check.
      console.catch(() => {
        newest = undefined;
      });
      newest = { console, at: Date.now() };
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
      `nobody is named who signs in. Set CENTFLOW_ACCEPT_USER and CENTFLOW_ACCEPT_PASSWORD to a person made for it: ${howToMakePerson(poolId)}`,
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
      ? `These checks touch all of ${environment.name}:`
      : `These checks touch all of ${environment.name}, so they run only with --disruptive:`,
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
  if (context.pace.interrupted) return ended('skipped', 'the command was ended before');
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
    return 'it takes half an hour or more and a second database: run with --restore';
  if (check.disruptive !== null && !disruptive) return 'it touches the whole environment: run with --disruptive';
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
