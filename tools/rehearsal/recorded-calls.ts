/** What the roles of an environment did in a rehearsal, in a form that is the same in each and for each environment. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, namesOf } from '@centflow/infra';
import { repository } from '@centflow/local-processes/paths';
import type { Observation } from './account.ts';
import { type AwsCall, callsOnAws, type EmulatorCall } from './terraform-calls.ts';

/** Read by infra/test/role-calls.test.ts and infra/test/github-calls.test.ts. */
export const RECORD = join(repository, 'infra', 'src', 'testing', 'recorded-calls.json');

/**
 * GitHub's roles by what they were used for. `destroy` is the apply role where nothing is protected: other environments refuse
 * some of its calls.
 */
export type GithubUse = 'plan' | 'apply' | 'destroy';

/** What AWS or the rehearsal numbers, and how the record calls it. */
const sameEachTime: readonly [RegExp, string][] = [
  [/(:key\/)[0-9a-f-]{36}/, '$100000000-0000-4000-8000-000000000000'],
  [/(:secret:rds!db-)[0-9a-f-]+-\w{6}$/, '$100000000-0000-4000-8000-000000000000-abcdef'],
  [/(:secret:.+-)\w{6}$/, '$1abcdef'],
  [/(:::[^/]+\/raw\/)[^/]+(\/owner=centflow-canary[^/]*\/).+$/, '$1expenses$2a.csv'],
  [/(:::[^/]+\/raw\/)(?!.*owner=centflow-canary).+$/, '$1expenses/owner=ada/a.csv'],
  [/(:::[^/]+\/manifests\/(?:waiting\/)?).+$/, '$11.jsonl'],
  [/(:::[^/]+\/templates\/).+$/, '$1owner=ada/a.json'],
  [/(:::[^/]+-console-[^/]+\/).+$/, '$1index.html'],
  [/(:::[^/]+-artifacts-[^/]+\/[a-z]+)-[0-9a-f]+(\.\w+(?:\.\w+)?)$/, '$1-0$2'],
  [/(:::[^/]+\/(?:blobs|releases|deployments\/[^/]+|plans\/[^/]+)\/).+$/, '$10'],
  [/(:log-stream:).*$/, '$10'],
  [/(:event-source-mapping:)[0-9a-f-]+$/, '$10'],
  [/(:distribution\/)[A-Z0-9]+$/, '$1E0'],
  [/(:(?:origin-access-control|response-headers-policy)\/)[A-Za-z0-9-]+$/, '$10'],
  [/(:userpool\/)[\w-]+$/, '$1{region}_0'],
  [/(\/webacl\/[^/]+\/)[0-9a-f-]+$/, '$10'],
  [/(:db:db-)[A-Z0-9]+$/, '$10'],
  [/(:\/apis\/)[0-9a-z]+/, '$10'],
  [/(:\/apis\/0\/(?:authorizers|integrations|routes)\/)[^/]+$/, '$10'],
  [/(:ec2:.+\/(?:vpc|subnet|rtb|sg|sgr|vpce|fl)-)[0-9a-f]+$/, '$10'],
  [/(:alarm:)[^*].*$/, '$1{environment}-alarm'],
];

/** `<purpose> <action> <resource>` of each call, once and in order, with what differs from run to run made the same. */
export function recordedCalls(calls: Observation['roleCalls'], environment: Environment): string[] {
  const prefix = `${namesOf(environment).prefix}-`;
  const lines = calls
    .filter(([role]) => role.startsWith(prefix))
    .map(([role, action, resource]) =>
      lineOf(role.slice(prefix.length), { action, resource, context: {} }, environment),
    );
  return [...new Set(lines)].sort();
}

/** `github:<use> <action> <resource> <key>=<value>…` of each question that AWS would ask IAM about these requests. */
export function recordedGithubCalls(
  calls: readonly EmulatorCall[],
  environment: Environment,
  use: GithubUse,
): string[] {
  const lines = calls
    .flatMap((call) => callsOnAws(call, environment))
    .map((call) => lineOf(`github:${use}`, call, environment));
  return [...new Set(lines)].sort();
}

function lineOf(who: string, { action, resource, context }: AwsCall, environment: Environment): string {
  const same = sameEachTime.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), resource);
  const keys = Object.entries(context).map(([key, value]) => `${key}=${value}`);
  return inAnyEnvironment([who, action, same, ...keys.sort()].join(' '), environment);
}

/** With placeholders for the environment's name, account and region. */
function inAnyEnvironment(text: string, { name, accountId, region }: Environment): string {
  return text
    .replaceAll(accountId, '{account}')
    .replaceAll(region, '{region}')
    .replace(new RegExp(`(?<![A-Za-z0-9])${name}(?![A-Za-z0-9])`, 'g'), '{environment}');
}

/**
 * Compares calls with the record, or adds them to it: what happens only now and then, such as a batch that is given back, stays.
 *
 * @param name how the rehearsal is started again
 * @throws an Error where the record lacks a call.
 */
export function compareWithRecord(made: readonly string[], recordCalls: boolean, name: string): void {
  const known = existsSync(RECORD) ? (JSON.parse(readFileSync(RECORD, 'utf8')) as string[]) : [];
  if (recordCalls) {
    const all = [...new Set([...known, ...made])].sort();
    writeFileSync(RECORD, `${JSON.stringify(all, undefined, 2)}\n`);
    return;
  }
  const unknown = made.filter((call) => !known.includes(call));
  if (unknown.length === 0) return;
  throw new Error(`Run \`npm run rehearse -- ${name}--record\`, and commit what it writes:\n${unknown.join('\n')}`);
}
