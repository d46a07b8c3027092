/**
 * Checks the repository settings that the workflows and the AWS roles need. Environments are checked in
 * `environment-checks.ts`.
 */
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
    `infra/src/environments.ts contains the name and the ids of ${name}`,
    wrong.length === 0,
    `in ${wrong.map((environment) => environment.name).join(', ')} set \`repository: { name: '${name}', ownerId: ${ownerId}, id: ${id} }\`. Then run \`npm run infra -- bootstrap\` again for each environment that is already bootstrapped`,
  );
}

function checkTokens(settings: RepositorySettings): Check {
  const { subjectPrefix, isDefault } = settings.tokens;
  const expected = githubSubjectPrefixOf(settings);
  const now = isDefault
    ? `the subject begins with ${subjectPrefix ?? 'an unknown prefix, because GitHub does not show it'}`
    : 'a template of the repository defines the subject';
  return check(
    `the OIDC tokens of the workflows have the subject that the AWS roles trust: ${expected}:environment:…`,
    isDefault && subjectPrefix === expected,
    `${now}. Run \`gh api --method PUT repos/${settings.name}/actions/oidc/customization/sub -F use_default=true -F use_immutable_subject=true\``,
  );
}

function checkMain({ name, defaultBranch, needsPullRequests }: RepositorySettings): Check[] {
  return [
    check(
      `${DEPLOYED_BRANCH} is the default branch, from which scheduled and manual workflows run`,
      defaultBranch === DEPLOYED_BRANCH,
      `the default branch is ${defaultBranch}. Run \`gh repo edit ${name} --default-branch ${DEPLOYED_BRANCH}\``,
    ),
    check(
      `${DEPLOYED_BRANCH} accepts changes by pull request only`,
      needsPullRequests,
      `everybody who may push to ${DEPLOYED_BRANCH} can deploy. Add a ruleset for ${DEPLOYED_BRANCH} that requires a pull request: https://github.com/${name}/settings/rules`,
    ),
  ];
}

/** https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
function checkCodeOwners({ unknownCodeOwners }: RepositorySettings): Check {
  return check(
    'every owner in .github/CODEOWNERS exists on GitHub and has write access',
    unknownCodeOwners.length === 0,
    `GitHub requests no review for lines with an unknown owner, so exemptions and permissions could change without a review. Name people or teams with write access. GitHub reports: ${unknownCodeOwners.join('; ')}`,
  );
}

function checkIssues({ name, hasIssues }: RepositorySettings): Check {
  return check(
    'issues are enabled, so that drift.yml can report manual changes',
    hasIssues,
    `run \`gh repo edit ${name} --enable-issues\``,
  );
}

function checkPlan(settings: RepositorySettings): Check {
  const proves = 'the GitHub plan offers environment rules, required reviewers and attestations';
  switch (offerOf(settings)) {
    case 'all':
      return { proves, result: 'passed' };
    case 'none':
      return {
        proves,
        result: 'failed',
        problem:
          'the repository is private and its owner has the plan Free, on which GitHub ignores every environment rule. Make the repository public, or upgrade to GitHub Team, Pro or Enterprise',
      };
    case 'branches':
      return {
        proves,
        result: 'limited',
        problem: `the repository is private and the plan (${settings.plan}) is below Enterprise Cloud. GitHub cannot require approvals, and releases have no attestation (docs/delivery.md, "Which GitHub plan")`,
      };
    case 'unknown':
      return {
        proves,
        result: 'limited',
        problem:
          'the repository is private, and GitHub shows the plan to owners only. Run this command with the token of an owner, or check the plan by hand (docs/delivery.md, "Which GitHub plan")',
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
      `the plan does not offer attestations, so the attestation step would fail and no release would be published. Run ${remove}`,
    );
  }
  if (offer === 'all')
    return check(
      proves,
      false,
      `the plan offers attestations, but the variable ${ATTEST_PRIVATE} is not set. Run ${set}`,
    );
  return {
    proves,
    result: 'limited',
    problem: `releases are published without an attestation${offer === 'unknown' ? `. If the plan is Enterprise Cloud, run ${set}` : ''}`,
  };
}
