/** Checks the settings of a repository that the workflows and the AWS roles need, except its environments. */
import { type Environment, githubSubjectPrefixOf } from '@centflow/infra';
import type { RepositorySettings } from '../github/settings.ts';
import { type Check, check } from './check.ts';
import { ATTEST_PRIVATE, DEPLOYED_BRANCH } from './needs.ts';
import { offerOf } from './plan.ts';

/** @param environments the environments that name this repository */
export function checkRepository(settings: RepositorySettings, environments: readonly Environment[]): Check[] {
  return [
    checkIds(settings, environments),
    checkTokens(settings),
    ...checkMain(settings),
    checkCodeOwners(settings),
    checkIssues(settings),
    checkPlan(settings),
    checkAttestations(settings),
  ];
}

function checkIds({ name, ownerId, id }: RepositorySettings, environments: readonly Environment[]): Check {
  const wrong = environments.filter(
    ({ repository }) => repository.name !== name || repository.ownerId !== ownerId || repository.id !== id,
  );
  return check(
    `infra/src/environments.ts has the name and the ids of ${name}`,
    wrong.length === 0,
    `in ${wrong.map((environment) => environment.name).join(', ')} set \`repository: { name: '${name}', ownerId: ${ownerId}, id: ${id} }\`, then run \`npm run infra -- bootstrap\` again where it has run`,
  );
}

function checkTokens(settings: RepositorySettings): Check {
  const { subjectPrefix, isDefault } = settings.tokens;
  const expected = githubSubjectPrefixOf(settings);
  const now = isDefault
    ? `their subject begins with ${subjectPrefix ?? 'nothing that GitHub tells'}`
    : 'a template of the repository makes their subject';
  return check(
    `the tokens of its workflows have the subject that the roles in AWS trust: ${expected}:environment:…`,
    isDefault && subjectPrefix === expected,
    `now ${now}; run \`gh api --method PUT repos/${settings.name}/actions/oidc/customization/sub -F use_default=true -F use_immutable_subject=true\``,
  );
}

function checkMain({ name, defaultBranch, needsPullRequests }: RepositorySettings): Check[] {
  return [
    check(
      `${DEPLOYED_BRANCH} is the default branch, from which scheduled and manual workflows run`,
      defaultBranch === DEPLOYED_BRANCH,
      `now it is ${defaultBranch}; run \`gh repo edit ${name} --default-branch ${DEPLOYED_BRANCH}\``,
    ),
    check(
      `${DEPLOYED_BRANCH} changes by pull request only`,
      needsPullRequests,
      `whoever may push can deploy now; add a ruleset for ${DEPLOYED_BRANCH} that requires a pull request: https://github.com/${name}/settings/rules`,
    ),
  ];
}

/** https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
function checkCodeOwners({ unknownCodeOwners }: RepositorySettings): Check {
  return check(
    'GitHub knows each owner that .github/CODEOWNERS names',
    unknownCodeOwners.length === 0,
    `GitHub asks nobody to review what such a line names, so exemptions and rights could change without a review. Name people or teams with write access; GitHub says: ${unknownCodeOwners.join('; ')}`,
  );
}

function checkIssues({ name, hasIssues }: RepositorySettings): Check {
  return check(
    'issues are on, in which drift.yml reports what was changed by hand',
    hasIssues,
    `run \`gh repo edit ${name} --enable-issues\``,
  );
}

function checkPlan(settings: RepositorySettings): Check {
  const proves = 'GitHub offers it rules of environments, required reviewers and attestations';
  switch (offerOf(settings)) {
    case 'all':
      return { proves, result: 'passed' };
    case 'none':
      return {
        proves,
        result: 'failed',
        problem:
          'the repository is private and its owner has the plan Free, on which GitHub ignores every rule of an environment: make it public, or take GitHub Team or Pro at least',
      };
    case 'branches':
      return {
        proves,
        result: 'limited',
        problem: `the repository is private and the plan (${settings.plan}) is below Enterprise Cloud: nobody can be asked for an approval, and releases have no attestation (docs/delivery.md, "Which GitHub plan")`,
      };
    case 'unknown':
      return {
        proves,
        result: 'limited',
        problem:
          'the repository is private, and GitHub shows the plan to owners only: run this with the token of an owner, or compare docs/delivery.md, "Which GitHub plan"',
      };
  }
}

function checkAttestations(settings: RepositorySettings): Check {
  const proves = 'deploy.yml attests the provenance of each release';
  const offer = offerOf(settings);
  const asked = settings.variables.get(ATTEST_PRIVATE) === 'true';
  if (settings.visibility !== 'private' || (asked && (offer === 'all' || offer === 'unknown'))) {
    return { proves, result: 'passed' };
  }
  const set = `\`gh variable set ${ATTEST_PRIVATE} --repo ${settings.name} --body true\``;
  if (asked) {
    const remove = `\`gh variable delete ${ATTEST_PRIVATE} --repo ${settings.name}\``;
    return check(
      proves,
      false,
      `the plan has no attestations, so that step would fail and no release be published; run ${remove}`,
    );
  }
  if (offer === 'all')
    return check(proves, false, `the plan has attestations, but the variable is not set; run ${set}`);
  return {
    proves,
    result: 'limited',
    problem: `releases are published without an attestation${offer === 'unknown' ? `; on Enterprise Cloud run ${set}` : ''}`,
  };
}
