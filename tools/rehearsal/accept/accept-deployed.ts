/** Runs `accept` on the environment that the rehearsal has deployed. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  accept,
  checks,
  type Deployed,
  findDeployed,
  openAccount,
  type Person,
  type Web,
} from '@centflow/delivery/accept';
import { ACCEPT_OWNER, type Environment } from '@centflow/infra';
import { clientConfiguration } from '@centflow/local-stack/clients';
import type { Account } from '../account.ts';
import { sendRequest } from '../console/browser.ts';
import { createUser } from '../console/deployed-console.ts';
import { emulatorGaps } from './emulator-gaps.ts';

export interface AcceptDeployedOptions {
  readonly environment: Environment;
  readonly account: Account;
  /** The folder of the deployed release: the JSON of the stacks, and the files that the canary uploads. */
  readonly release: string;
  readonly logFolder: string;
}

/** @param note adds a note to the step's line */
export async function acceptDeployed(options: AcceptDeployedOptions, note: (text: string) => void): Promise<void> {
  const { environment, account, release, logFolder } = options;
  mkdirSync(logFolder, { recursive: true });
  const credentials = { accessKeyId: account.environment.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: 'root' };
  const root = openAccount(
    environment.region,
    clientConfiguration(account.endpointUrl, credentials, account.authority),
  );
  const lines: string[] = [];
  try {
    const deployed = await findDeployed(root, environment);
    await deployed.refuseHalfDeployed(environment, release);
    const { results } = await accept({
      environment,
      // `accept` reads only the folder. The other properties appear in the heading of the report.
      release: { version: 'rehearsal', commit: '', digest: '', folder: release },
      account: root,
      deployed,
      web: createWeb(account, deployed),
      person: environment.console === null ? undefined : await makePerson(account, deployed),
      firstDeployedAt: undefined,
      disruptive: true,
      restore: true,
      unproven: emulatorGaps,
      pauseMs: 200,
      signal: new AbortController().signal,
      folder: join(logFolder, 'accept'),
      say: (line) => lines.push(line),
    });
    const named = (outcome: string) => results.filter((result) => result.outcome === outcome).map(({ name }) => name);
    // A check may be skipped only if it concerns a resource that the environment does not have.
    const rightly = checks.filter((check) => check.absent?.(environment) !== undefined).map(({ name }) => name);
    assert.deepEqual(
      named('skipped').filter((name) => !rightly.includes(name)),
      [],
    );
    note(`${named('passed').length} checks passed; not checked: ${named('unproven').join(', ')}`);
  } finally {
    writeFileSync(join(logFolder, 'accept.log'), `${lines.join('\n')}\n`);
    root.destroy();
  }
}

/** Returns a client that sends all requests to the emulator: those for CloudFront's pages, the API and S3. */
function createWeb(account: Account, deployed: Deployed): Web {
  const consoleUrl = deployed.output('console', 'console_url');
  const origin = consoleUrl === '' ? undefined : new URL(consoleUrl).host;
  // API requests bypass CloudFront, because the emulator's CloudFront would look up the API's address on the internet.
  const apiHost = `${deployed.output('console', 'console_api_id')}.execute-api.localhost`;
  return async (url, { method = 'GET', headers = {}, body } = {}) => {
    const { host, pathname, search } = new URL(url);
    const to = host === origin && pathname.startsWith('/api/') ? apiHost : host;
    const length: Record<string, string> =
      body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const answer = await sendRequest(account, to, `${pathname}${search}`, {
      method,
      headers: { ...headers, ...length },
      ...(body === undefined ? {} : { body }),
    });
    const known = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    return { status: answer.status, headers: Object.fromEntries(known), text: answer.text };
  };
}

async function makePerson(account: Account, deployed: Deployed): Promise<Person> {
  const username = 'accept@example.com';
  const password = `${randomBytes(12).toString('base64url')}aA1!`;
  const pool = deployed.output('console', 'user_pool_id');
  await createUser(account, pool, { email: username, owner: ACCEPT_OWNER, operator: true, password });
  return { username, password };
}
