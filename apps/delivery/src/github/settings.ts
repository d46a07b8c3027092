/** Reads the manual settings of a GitHub repository on which the workflows rely. */
import { RequestError } from '@octokit/request-error';
import type { Octokit, RestEndpointMethodTypes } from '@octokit/rest';
import * as z from 'zod';
import type { Connection, Where } from './connection.ts';

export interface RepositorySettings {
  /** `OWNER/NAME` in GitHub's spelling. After a rename, requests with the old name return the new one. */
  readonly name: string;
  readonly ownerId: number;
  readonly id: number;
  readonly visibility: string;
  /** The owner's plan, if the repository is private and the token belongs to an owner. */
  readonly plan: string | undefined;
  readonly defaultBranch: string;
  readonly hasIssues: boolean;
  readonly tokens: {
    /** The prefix of the subject (`sub`) in a workflow's token. */
    readonly subjectPrefix: string | undefined;
    /** Whether the subject uses GitHub's default format instead of a template of the repository. */
    readonly isDefault: boolean;
  };
  /** Whether the branch accepts changes only by pull request. */
  readonly needsPullRequests: boolean;
  /** Invalid lines of CODEOWNERS on the branch, for which GitHub requests no reviews. */
  readonly unknownCodeOwners: readonly string[];
  /** The repository variables, which every job can read. */
  readonly variables: ReadonlyMap<string, string>;
  readonly environments: ReadonlyMap<string, EnvironmentSettings>;
}

export interface EnvironmentSettings {
  /** The branches whose workflows may use the environment: `protected` is every branch that has a protection rule. */
  readonly branches: 'any' | 'protected' | readonly string[];
  /** The number of users and teams who may approve. */
  readonly reviewers: number;
  readonly variables: ReadonlyMap<string, string>;
}

/** The maximum page size: https://docs.github.com/en/rest/actions/variables */
const VARIABLES_PER_PAGE = 30;

/** @param branch the branch whose protection is read */
export function settings(connection: Connection, branch: string): Promise<RepositorySettings> {
  return connection.ask(
    {
      doing: 'read the settings',
      permission: 'Actions, Administration, Contents, Environments and Variables: read',
      asker: 'person',
    },
    async (octokit, where) => {
      const { data } = await octokit.rest.repos.get({ ...where });
      const isPrivate = data.visibility === 'private';
      return {
        name: data.full_name,
        ownerId: data.owner.id,
        id: data.id,
        visibility: data.visibility ?? (data.private ? 'private' : 'public'),
        plan: isPrivate ? await planOf(octokit, data.owner) : undefined,
        defaultBranch: data.default_branch,
        hasIssues: data.has_issues,
        tokens: await tokensOf(octokit, where),
        needsPullRequests: await needsPullRequests(octokit, where, branch),
        unknownCodeOwners: await unknownCodeOwners(octokit, where, branch),
        variables: byName(
          await octokit.paginate(octokit.rest.actions.listRepoVariables, { ...where, per_page: VARIABLES_PER_PAGE }),
        ),
        environments: await environmentsOf(octokit, where),
      };
    },
  );
}

/**
 * Returns the owner's GitHub plan. GitHub shows an organisation's plan only to its owners, and a user's plan only to
 * that user.
 */
async function planOf(octokit: Octokit, owner: { readonly login: string; readonly type: string }) {
  if (owner.type === 'Organization') return (await octokit.rest.orgs.get({ org: owner.login })).data.plan?.name;
  const { data } = await octokit.rest.users.getAuthenticated();
  return data.login === owner.login ? data.plan?.name : undefined;
}

/**
 * Octokit's types do not contain `sub_claim_prefix` yet. The subject of every token begins with this prefix.
 * `use_immutable_subject` is not read, because it does not show whether the prefix contains ids: new repositories use
 * ids without an opt-in.
 */
const subject = z.object({ use_default: z.boolean(), sub_claim_prefix: z.string().optional() });

async function tokensOf(octokit: Octokit, where: Where): Promise<RepositorySettings['tokens']> {
  const { data } = await octokit.rest.actions.getCustomOidcSubClaimForRepo({ ...where });
  const { use_default, sub_claim_prefix } = subject.parse(data);
  return { subjectPrefix: sub_claim_prefix, isDefault: use_default };
}

/** Returns whether a ruleset or a classic branch protection requires pull requests. */
async function needsPullRequests(octokit: Octokit, where: Where, branch: string): Promise<boolean> {
  const rules = await unlessUnavailable(() =>
    octokit.paginate(octokit.rest.repos.getBranchRules, { ...where, branch, per_page: 100 }),
  );
  if (rules?.some(({ type }) => type === 'pull_request')) return true;
  const protection = await unlessUnavailable(() => octokit.rest.repos.getBranchProtection({ ...where, branch }));
  return protection?.data.required_pull_request_reviews !== undefined;
}

async function unknownCodeOwners(octokit: Octokit, where: Where, branch: string): Promise<string[]> {
  const found = await unlessUnavailable(() => octokit.rest.repos.codeownersErrors({ ...where, ref: branch }));
  if (found === undefined) return [`${branch} has no CODEOWNERS`];
  return found.data.errors.map(({ line, kind, suggestion }) => `line ${line}: ${suggestion ?? kind}`);
}

/** Octokit's type for the pages of this list is wrong, so the request declares its own type. */
type Environment = NonNullable<
  RestEndpointMethodTypes['repos']['getAllEnvironments']['response']['data']['environments']
>[number];

async function environmentsOf(octokit: Octokit, where: Where): Promise<Map<string, EnvironmentSettings>> {
  const found = await unlessUnavailable(() =>
    octokit.paginate<Environment>('GET /repos/{owner}/{repo}/environments', { ...where, per_page: 100 }),
  );
  const environments = new Map<string, EnvironmentSettings>();
  for (const { name, deployment_branch_policy: policy, protection_rules: rules } of found ?? []) {
    const which = { ...where, environment_name: name };
    const reviewers = (rules ?? []).flatMap((rule) => ('reviewers' in rule ? (rule.reviewers ?? []) : []));
    environments.set(name, {
      branches: !policy ? 'any' : policy.protected_branches ? 'protected' : await branchesOf(octokit, which),
      reviewers: reviewers.length,
      variables: byName(
        await octokit.paginate(octokit.rest.actions.listEnvironmentVariables, {
          ...which,
          per_page: VARIABLES_PER_PAGE,
        }),
      ),
    });
  }
  return environments;
}

async function branchesOf(octokit: Octokit, which: Where & { readonly environment_name: string }): Promise<string[]> {
  const policies = await octokit.paginate(octokit.rest.repos.listDeploymentBranchPolicies, { ...which, per_page: 100 });
  // Show tag rules separately, because anybody who may push a matching tag could use the environment from any commit.
  return policies.map(({ name = '', type }) => (type === 'tag' ? `the tag ${name}` : name));
}

const byName = (variables: readonly { readonly name: string; readonly value: string }[]) =>
  new Map(variables.map(({ name, value }) => [name, value]));

/** Returns undefined if the setting does not exist or the plan does not offer it ("Upgrade to GitHub Pro or make this repository public …"). */
async function unlessUnavailable<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.status === 404 || (error.status === 403 && /\bupgrade\b/i.test(error.message))) return undefined;
    throw error;
  }
}
