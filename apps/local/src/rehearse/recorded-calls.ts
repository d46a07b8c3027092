/** What the roles of an environment did in its rehearsal, in a form that is the same in each. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, namesOf } from '@centflow/infra';
import { repository } from '../paths.ts';
import type { Observation } from './account.ts';

/** Read by infra/test/role-calls.test.ts. */
export const RECORD = join(repository, 'infra', 'src', 'testing', 'recorded-calls.json');

/** What AWS or the rehearsal numbers, and how the record calls it. */
const sameEachTime: readonly [RegExp, string][] = [
  [/(:key\/)[0-9a-f-]+$/, '$100000000-0000-4000-8000-000000000000'],
  [/(:secret:rds!db-)[0-9a-f-]+-\w{6}$/, '$100000000-0000-4000-8000-000000000000-abcdef'],
  [/(:secret:.+-)\w{6}$/, '$1abcdef'],
  [/(:::[^/]+\/raw\/).+$/, '$1expenses/owner=ada/a.csv'],
  [/(:::[^/]+\/manifests\/).+$/, '$11.jsonl'],
  [/(:::[^/]+\/templates\/).+$/, '$1owner=ada/a.json'],
  [/(:::[^/]+\/(?:job|centflow|authorities)-)[0-9a-f]+(\.\w+(?:\.\w+)?)$/, '$10$2'],
  [/(:log-stream:).*$/, '$10'],
];

/** `<purpose> <action> <resource>` of each call, once and in order, with what differs from run to run made the same. */
export function recordedCalls(calls: Observation['roleCalls'], environment: Environment): string[] {
  const prefix = `${namesOf(environment).prefix}-`;
  const lines = calls
    .filter(([role]) => role.startsWith(prefix))
    .map(([role, action, resource]) => {
      const same = sameEachTime.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), resource);
      return `${role.slice(prefix.length)} ${action} ${same}`;
    });
  return [...new Set(lines)].sort();
}

/** Those that the record does not have. */
export function callsNotOnRecord(made: readonly string[]): string[] {
  const known = new Set(readRecord());
  return made.filter((call) => !known.has(call));
}

/** Adds to the record: what happens only now and then, such as a batch that is given back, stays on it. */
export function writeRecord(made: readonly string[]): void {
  const all = [...new Set([...readRecord(), ...made])].sort();
  writeFileSync(RECORD, `${JSON.stringify(all, undefined, 2)}\n`);
}

function readRecord(): string[] {
  return existsSync(RECORD) ? (JSON.parse(readFileSync(RECORD, 'utf8')) as string[]) : [];
}
