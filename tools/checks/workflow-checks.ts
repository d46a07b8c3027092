/** GitHub's workflows, read by what .github/lint locks: rules of form (actionlint's, by its fork) and of safety (zizmor's). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { localFolder, repository } from '@centflow/local-processes/paths';
import type { Check } from './check.ts';

const PROJECT = join('.github', 'lint');

export function workflowChecks(uv: string): readonly Check[] {
  const lint = (...args: string[]) => ({
    command: uv,
    args: ['run', '--frozen', '--quiet', '--project', PROJECT, ...args],
    env: { UV_PROJECT_ENVIRONMENT: join(localFolder, 'workflow-lint') },
  });
  return [
    {
      name: "workflows, by actionlint's rules",
      // No shellcheck: a step runs one command of ours, which apps/delivery's tests judge.
      ...lint('jactionlint', '--shellcheck=', '--pyflakes=', ...files()),
    },
    {
      name: 'workflows, by zizmor',
      // Offline: it would ask GitHub about the actions.
      ...lint('zizmor', '--offline', '--strict-collection', '--persona=pedantic', ...files()),
    },
    { name: "the workflow checks' lock file", command: uv, args: ['lock', '--check', '--project', PROJECT] },
  ];
}

/** By name, because left to themselves they look in what lies in `.local/` too. */
function files(): string[] {
  return readdirSync(join(repository, '.github'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .map((file) => join('.github', file));
}
