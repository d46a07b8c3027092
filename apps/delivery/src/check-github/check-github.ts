/** The `check-github` command. Checks the settings on GitHub before an AWS role trusts the repository. */
import type { Environment } from '@centflow/infra';
import type { GitHub } from '../github/github.ts';
import type { RepositorySettings } from '../github/settings.ts';
import type { Check } from './check.ts';
import { checkEnvironment } from './environment-checks.ts';
import { DEPLOYED_BRANCH, neededEnvironments } from './needs.ts';
import { checkRepository } from './repository-checks.ts';

/** Thrown if a setting that the workflows need is missing or wrong on GitHub. */
export class GitHubSetupError extends Error {
  override readonly name = 'GitHubSetupError';
}

const MARKS: Readonly<Record<Check['result'], string>> = { passed: '✔', limited: '!', failed: '✘' };

/**
 * Checks every repository that the environments name, and prints one line per check.
 *
 * @param open connects to a repository, named as `OWNER/NAME`
 * @throws {GitHubSetupError} a check failed.
 * @throws {GitHubError} a request to GitHub failed.
 */
export async function checkGitHub(
  environments: readonly Environment[],
  open: (repository: string) => Pick<GitHub, 'settings'>,
  say: (line: string) => void,
): Promise<void> {
  const byRepository = Map.groupBy(environments, ({ repository }) => repository.name);
  let failed = 0;
  for (const [repository, named] of byRepository) {
    say(`${repository} (${named.map(({ name }) => name).join(', ')}):`);
    for (const { proves, result, problem } of checksOf(await open(repository).settings(DEPLOYED_BRANCH), named)) {
      say(`${MARKS[result]} ${proves}`);
      if (problem !== undefined) say(`    ${result === 'failed' ? 'What to do' : 'Note'}: ${problem}`);
      if (result === 'failed') failed += 1;
    }
  }
  if (failed > 0) {
    throw new GitHubSetupError(
      `${failed} ${failed === 1 ? 'check' : 'checks'} failed. Fix the problems above and run \`npm run deliver -- check-github\` again, before \`npm run infra -- bootstrap\` creates roles that trust this repository.`,
    );
  }
}

function checksOf(settings: RepositorySettings, environments: readonly Environment[]): Check[] {
  const needed = neededEnvironments(environments);
  return [...checkRepository(settings, environments), ...needed.flatMap((one) => checkEnvironment(settings, one))];
}
