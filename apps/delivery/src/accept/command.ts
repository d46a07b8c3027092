/** The `accept` command: checks a deployed environment on a real account. */
import { join } from 'node:path';
import type { Environment } from '@centflow/infra';
import { readEnvironment } from '@centflow/infra';
import { repository } from '@centflow/local-processes/paths';
import { type DeploymentRecord, DeploymentsError } from '../deploy/deployments.ts';
import type { OpenEnvironment } from '../open-environment.ts';
import type { Release } from '../release/release.ts';
import { accept as acceptAll } from './accept.ts';
import { openAccount } from './account.ts';
import { findDeployed } from './deployed.ts';
import { NotReadyError } from './errors.ts';
import type { Person } from './sign-in.ts';
import { web } from './web.ts';

export interface AcceptCommandOptions {
  readonly environment: string;
  readonly release?: string;
  readonly report?: string;
  readonly disruptive?: boolean;
  readonly restore?: boolean;
  readonly consoleUser?: string;
}

/** The environment in which disruptive checks run without the option `--disruptive`. */
const DEV = 'dev';
const PAUSE_MS = 3000;

/** The functions that this command shares with the other commands. */
export interface AcceptParts {
  readonly open: (name: string) => Pick<OpenEnvironment, 'deployments'>;
  /** Opens the release of a deployment, from a folder or from the delivery bucket. */
  readonly releaseOf: (name: string, deployed: DeploymentRecord, folder: string | undefined) => Promise<Release>;
  readonly say: (line: string) => void;
}

/**
 * @throws {NotReadyError} an earlier step is missing; nothing was changed.
 * @throws {NotAcceptedError} a check failed.
 */
export async function accept(options: AcceptCommandOptions, parts: AcceptParts): Promise<void> {
  const environment = readEnvironment(options.environment);
  const account = openAccount(environment.region);
  const { signal, forget } = untilInterrupted(parts.say);
  try {
    const deployed = await findDeployed(account, environment);
    const { deployments } = parts.open(environment.name);
    const record = await currentRecord(deployments, environment);
    const release = await parts.releaseOf(environment.name, record, options.release);
    await deployed.refuseHalfDeployed(environment, release.folder);
    await acceptAll({
      environment,
      release,
      account,
      deployed,
      web,
      person: personOf(options, process.env),
      firstDeployedAt: await firstDeployment(deployments),
      disruptive: options.disruptive === true || environment.name === DEV,
      restore: options.restore === true,
      unproven: {},
      pauseMs: PAUSE_MS,
      signal,
      folder: options.report ?? join(repository, '.local', 'accept', environment.name),
      say: parts.say,
    });
    parts.say(`${environment.name} is accepted: no check failed.`);
  } finally {
    forget();
    account.destroy();
  }
}

/**
 * Returns the user for the sign-in. The password and the authenticator secret are read from environment variables only,
 * because other users can see a command line and the shell's history stores it.
 */
export function personOf(
  { consoleUser }: Pick<AcceptCommandOptions, 'consoleUser'>,
  env: Readonly<Record<string, string | undefined>>,
): Person | undefined {
  const username = consoleUser ?? env.CENTFLOW_ACCEPT_USER;
  const password = env.CENTFLOW_ACCEPT_PASSWORD;
  if (username === undefined || password === undefined) return undefined;
  return { username, password, totpSecret: env.CENTFLOW_ACCEPT_TOTP_SECRET };
}

async function currentRecord(
  deployments: OpenEnvironment['deployments'],
  { name }: Environment,
): Promise<DeploymentRecord> {
  try {
    return await deployments.current();
  } catch (error) {
    if (!(error instanceof DeploymentsError)) throw error;
    throw new NotReadyError(
      `${error.message} To record the first deployment of ${name}, run \`npm run deliver -- release --output /tmp/release && npm run deliver -- deploy --environment ${name} --release /tmp/release --break-glass "first deployment"\`.`,
    );
  }
}

async function firstDeployment(deployments: OpenEnvironment['deployments']): Promise<Date | undefined> {
  const first = (await deployments.list()).at(-1);
  return first === undefined ? undefined : new Date(first.startedAt);
}

/**
 * Returns an abort signal that Ctrl-C triggers. After the first Ctrl-C, the running check restores its changes and the
 * report is written. A second Ctrl-C ends the process at once.
 */
function untilInterrupted(say: (line: string) => void): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  const stop = () => {
    say(
      'Interrupted: restoring the settings that the check changed. Press Ctrl-C again to end at once without restoring them.',
    );
    controller.abort(new Error('interrupted with Ctrl-C'));
  };
  process.once('SIGINT', stop);
  return { signal: controller.signal, forget: () => process.off('SIGINT', stop) };
}
