/** The stand-in's endpoints that return the settings of the repository. */
import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { Call, Route, Shape } from './github-stand-in-routes.ts';
import type { StandInEnvironment, StandInSettings } from './github-stand-in-settings.ts';
import { Refusal } from './github-stand-in-state.ts';

type Methods = RestEndpointMethodTypes;
type GitHubRepository = Methods['repos']['get']['response']['data'];
type GitHubEnvironment = NonNullable<
  Methods['repos']['getAllEnvironments']['response']['data']['environments']
>[number];
type GitHubVariable = Methods['actions']['listRepoVariables']['response']['data']['variables'][number];
type GitHubRule = Methods['repos']['getBranchRules']['response']['data'][number];
type GitHubProtection = Methods['repos']['getBranchProtection']['response']['data'];
type GitHubCodeOwners = Methods['repos']['codeownersErrors']['response']['data'];
type GitHubPolicy = Methods['repos']['listDeploymentBranchPolicies']['response']['data']['branch_policies'][number];

const LONGEST_PAGE_OF_VARIABLES = 30;

export const settingsRoutes: readonly Route[] = [
  {
    on: 'GET /repos/{owner}/{repo}',
    permissions: ['contents: read'],
    answer: ({ state: { settings } }) => repositoryAsGitHubHasIt(settings),
  },
  {
    on: 'GET /orgs/{org}',
    permissions: ['contents: read'],
    answer: ({ state: { settings }, path }) => ({ login: path.org, ...settings.planFor(path.org ?? '') }),
  },
  {
    on: 'GET /repos/{owner}/{repo}/actions/oidc/customization/sub',
    permissions: ['actions: read'],
    answer: ({ state: { settings } }) => ({
      use_default: settings.subject !== 'template',
      ...(settings.subject === 'template' ? { include_claim_keys: ['repo', 'job_workflow_ref'] } : {}),
      use_immutable_subject: false,
      sub_claim_prefix: settings.subjectPrefix,
    }),
  },
  {
    on: 'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    permissions: ['contents: read'],
    answer: ({ state: { settings }, path }) => {
      refuseOnFreePlan(settings);
      const isMain = path.branch === 'main' && settings.pullRequests === 'ruleset';
      return isMain ? [{ type: 'deletion' }, { type: 'pull_request' } satisfies Shape<GitHubRule>] : [];
    },
  },
  {
    on: 'GET /repos/{owner}/{repo}/branches/{branch}/protection',
    permissions: ['person'],
    answer: ({ state: { settings }, path }) => {
      refuseOnFreePlan(settings);
      if (path.branch !== 'main' || settings.pullRequests !== 'protection')
        throw new Refusal(404, 'Branch not protected');
      const required = { required_approving_review_count: 1 } as NonNullable<
        GitHubProtection['required_pull_request_reviews']
      >;
      return { required_pull_request_reviews: required } satisfies Shape<GitHubProtection>;
    },
  },
  {
    on: 'GET /repos/{owner}/{repo}/codeowners/errors',
    permissions: ['contents: read'],
    answer: ({ state: { settings } }) => {
      if (settings.codeOwnersErrors === null) throw new Refusal(404, 'Not Found');
      const about = { kind: 'Unknown owner', column: 1, message: '', path: '.github/CODEOWNERS' };
      return {
        errors: settings.codeOwnersErrors.map((error) => ({ ...about, ...error })),
      } satisfies Shape<GitHubCodeOwners>;
    },
  },
  {
    on: 'GET /repos/{owner}/{repo}/actions/variables',
    permissions: ['variables: read'],
    list: { key: 'variables', longestPage: LONGEST_PAGE_OF_VARIABLES },
    answer: ({ state: { settings } }) => variablesAsGitHubHasThem(settings.variables),
  },
  {
    on: 'GET /repos/{owner}/{repo}/environments',
    permissions: ['actions: read'],
    list: { key: 'environments' },
    answer: ({ state: { settings } }) =>
      [...settings.environments].map(([name, environment]) => environmentAsGitHubHasIt(name, environment)),
  },
  {
    on: 'GET /repos/{owner}/{repo}/environments/{environment}/deployment-branch-policies',
    permissions: ['actions: read'],
    list: { key: 'branch_policies' },
    answer: (call) => {
      const { branches } = environmentOf(call);
      return typeof branches === 'string' ? [] : (branches satisfies readonly Shape<GitHubPolicy>[]);
    },
  },
  {
    on: 'GET /repos/{owner}/{repo}/environments/{environment}/variables',
    permissions: ['environments: read'],
    list: { key: 'variables', longestPage: LONGEST_PAGE_OF_VARIABLES },
    answer: (call) => variablesAsGitHubHasThem(environmentOf(call).variables),
  },
];

/** Refuses branch rules for a private repository on the Free plan, as GitHub does. */
function refuseOnFreePlan({ visibility, plan }: StandInSettings): void {
  if (visibility !== 'private' || plan !== 'free') return;
  throw new Refusal(403, 'Upgrade to GitHub Pro or make this repository public to enable this feature.');
}

function environmentOf({ state: { settings }, path }: Call): StandInEnvironment {
  const found = settings.environments.get(path.environment ?? '');
  if (found === undefined) throw new Refusal(404, 'Not Found');
  return found;
}

function repositoryAsGitHubHasIt(settings: StandInSettings) {
  return {
    id: settings.id,
    full_name: settings.fullName,
    private: settings.visibility !== 'public',
    visibility: settings.visibility,
    owner: { login: settings.owner, id: settings.ownerId, type: settings.ownerType },
    default_branch: settings.defaultBranch,
    has_issues: settings.hasIssues,
  } satisfies Shape<GitHubRepository>;
}

function environmentAsGitHubHasIt(name: string, { branches, reviewers }: StandInEnvironment) {
  const isProtected = branches === 'protected';
  const policy = branches === 'any' ? null : { protected_branches: isProtected, custom_branch_policies: !isProtected };
  return {
    name,
    deployment_branch_policy: policy,
    protection_rules: [
      ...(policy === null ? [] : [{ id: 1, node_id: '1', type: 'branch_policy' }]),
      ...(reviewers.length === 0 ? [] : [reviewersAsGitHubHasThem(reviewers)]),
    ],
  } satisfies Shape<GitHubEnvironment>;
}

function reviewersAsGitHubHasThem(logins: readonly string[]) {
  const reviewers = logins.map((login) => ({ type: 'User' as const, reviewer: { login } }));
  return { id: 2, node_id: '2', type: 'required_reviewers', prevent_self_review: false, reviewers };
}

function variablesAsGitHubHasThem(variables: ReadonlyMap<string, string>) {
  return [...variables].map(([name, value]) => ({ name, value }) satisfies Shape<GitHubVariable>);
}
