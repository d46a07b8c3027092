/** Checks that a GitHub environment exists and has the rules and variables that the workflows need. */
import type { EnvironmentSettings, RepositorySettings } from '../github/settings.ts';
import { type Check, check } from './check.ts';
import type { NeededEnvironment } from './needs.ts';
import { offerOf } from './plan.ts';

/**
 * Returns all checks of one GitHub environment. If the environment is missing, returns only the check that reports
 * this.
 */
export function checkEnvironment(settings: RepositorySettings, needed: NeededEnvironment): Check[] {
  const found = settings.environments.get(needed.name);
  const exists = check(
    `environment ${needed.name} exists`,
    found !== undefined,
    `the environment is missing, and GitHub would create it without rules in the first workflow that uses it. Run ${commandToCreate(settings.name, needed)}`,
  );
  if (found === undefined) return [exists];
  return [
    exists,
    checkBranches(settings.name, needed, found),
    ...(needed.needsReviewers ? [checkReviewers(settings, needed, found)] : []),
    ...Object.entries(needed.variables).map(([name, value]) =>
      check(
        `environment ${needed.name}: ${name} is ${value}`,
        found.variables.get(name) === value,
        `the variable is ${found.variables.get(name) ?? 'not set'}. Run \`gh variable set ${name} --env ${needed.name} --repo ${settings.name} --body ${value}\``,
      ),
    ),
  ];
}

function checkBranches(repository: string, needed: NeededEnvironment, { branches }: EnvironmentSettings): Check {
  const now =
    typeof branches === 'string'
      ? `${branches === 'any' ? 'any' : 'every protected'} branch`
      : branches.join(', ') || 'no branch';
  if (needed.branches === 'any') {
    return check(
      `environment ${needed.name}: workflows of any branch may use it`,
      branches === 'any',
      `only ${now} may use it, so pull requests could not be planned. Run ${commandToCreate(repository, needed)}`,
    );
  }
  const isOurs = Array.isArray(branches) && branches.length === 1 && branches[0] === needed.branches;
  return check(
    `environment ${needed.name}: only workflows of ${needed.branches} may use it`,
    isOurs,
    typeof branches === 'string'
      ? `${now} may use it. Run ${commandToCreate(repository, needed)}`
      : `these may use it: ${now}. Select only ${needed.branches}: https://github.com/${repository}/settings/environments`,
  );
}

function checkReviewers(settings: RepositorySettings, { name }: NeededEnvironment, found: EnvironmentSettings): Check {
  const proves = `environment ${name}: a required reviewer must approve each use`;
  if (found.reviewers === 0 && offerOf(settings) === 'branches') {
    return {
      proves,
      result: 'limited',
      problem:
        'the plan does not offer required reviewers, so a deployment that needs an approval ends with exit code 10 and changes nothing',
    };
  }
  return check(
    proves,
    found.reviewers > 0,
    `the environment has no required reviewers. Add them under "Required reviewers": https://github.com/${settings.name}/settings/environments`,
  );
}

/**
 * Returns the command that creates the environment with its branch rule. The command also fixes the rule of an
 * environment without selected branches.
 */
function commandToCreate(repository: string, { name, branches }: NeededEnvironment): string {
  const put = `gh api --method PUT repos/${repository}/environments/${name}`;
  if (branches === 'any') return `\`${put} -F deployment_branch_policy=null\``;
  const policy =
    "-F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'";
  const select = `gh api --method POST repos/${repository}/environments/${name}/deployment-branch-policies -f name=${branches}`;
  return `\`${put} ${policy} && ${select}\``;
}
