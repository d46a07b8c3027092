/**
 * Records the AWS calls of an environment's roles in a rehearsal. The record has the same form for every run and
 * environment.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, namesOf } from '@centflow/infra';
import { repository } from '@centflow/local-processes/paths';
import type { Observation } from './account.ts';
import { type AwsCall, callsOnAws, type EmulatorCall } from './terraform-calls.ts';

/** The file is read by infra/test/role-calls.test.ts and infra/test/github-calls.test.ts. */
export const RECORD = join(repository, 'infra', 'src', 'testing', 'recorded-calls.json');

/**
 * The purpose for which a GitHub role was used. `destroy` uses the apply role, and is possible only in an environment
 * without protection. Other environments deny some calls of `destroy`.
 */
export type GithubUse = 'plan' | 'apply' | 'destroy';

/** Patterns of ids that AWS or the rehearsal generates, and their replacements in the record. */
const generatedIds: readonly [RegExp, string][] = [
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

/** Returns each call once as `<purpose> <action> <resource>`, sorted, with generated ids replaced. */
export function recordedCalls(calls: Observation['roleCalls'], environment: Environment): string[] {
  const prefix = `${namesOf(environment).prefix}-`;
  const lines = calls
    .filter(([role]) => role.startsWith(prefix))
    .map(([role, action, resource]) =>
      lineOf(role.slice(prefix.length), { action, resource, context: {} }, environment),
    );
  return [...new Set(lines)].sort();
}

/** Returns each IAM check that AWS would make for these requests, as `github:<use> <action> <resource> <key>=<value>…`. */
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
  const normalised = generatedIds.reduce(
    (text, [pattern, replacement]) => text.replace(pattern, replacement),
    resource,
  );
  const keys = Object.entries(context).map(([key, value]) => `${key}=${value}`);
  return withPlaceholders([who, action, normalised, ...keys.sort()].join(' '), environment);
}

/** Replaces the environment's name, account and region by placeholders. */
function withPlaceholders(text: string, { name, accountId, region }: Environment): string {
  return text
    .replaceAll(accountId, '{account}')
    .replaceAll(region, '{region}')
    .replace(new RegExp(`(?<![A-Za-z0-9])${name}(?![A-Za-z0-9])`, 'g'), '{environment}');
}

/**
 * Compares calls with the record, or adds new calls to the record. Recorded calls are never removed, because some calls
 * happen only rarely, for example when the trigger returns a batch to the queue.
 *
 * @param name the command-line options that repeat the rehearsal
 * @throws Error if the record lacks a call
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
