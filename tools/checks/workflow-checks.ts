/** Checks GitHub's workflows with the tools that .github/lint locks: actionlint's rules (from its fork) and zizmor's. */
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
      name: 'actionlint on the workflows',
      // Disables shellcheck, because each step only runs one of our own commands, and the tests of apps/delivery check
      // those commands.
      ...lint('jactionlint', '--shellcheck=', '--pyflakes=', ...files()),
    },
    {
      name: 'zizmor on the workflows',
      // With this option, zizmor does not query GitHub about the actions.
      ...lint('zizmor', '--offline', '--strict-collection', '--persona=pedantic', ...files()),
    },
    { name: "the workflow checks' lock file", command: uv, args: ['lock', '--check', '--project', PROJECT] },
  ];
}

/** Returns the workflow files. Without explicit names, the tools would also check files in `.local/`. */
function files(): string[] {
  return readdirSync(join(repository, '.github'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .map((file) => join('.github', file));
}
