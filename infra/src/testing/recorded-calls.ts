/** The calls that roles made in the rehearsals. `npm run rehearse -- --record` records them, for dev with `--environment dev`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import type { Call } from '../iam/evaluate.ts';

export interface RecordedCall {
  /** The purpose of a role of the environment, or `github:` with the step of GitHub's workflows: `plan`, `apply`, `destroy`. */
  readonly who: string;
  readonly call: Call;
}

const lines = JSON.parse(readFileSync(join(import.meta.dirname, 'recorded-calls.json'), 'utf8')) as string[];

/** Returns the recorded calls with the names of an environment. */
export function recordedCallsOf({ name, accountId, region }: Environment): RecordedCall[] {
  return lines.map((line) => {
    const [who = '', action = '', resource = '', ...keys] = line
      .replaceAll('{environment}', name)
      .replaceAll('{account}', accountId)
      .replaceAll('{region}', region)
      .split(' ');
    const context = Object.fromEntries(keys.map((key) => key.split('=') as [string, string]));
    return { who, call: { action, resource, context } };
  });
}
