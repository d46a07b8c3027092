/** The GitHub settings that the workflows need. A test compares this list with the workflows. */
import { type Environment, githubEnvironmentOf, githubRoleOf } from '@centflow/infra';
import { APPROVAL_ENVIRONMENT } from '../deploy/assessment.ts';

/** The branch whose merged commits are deployed. */
export const DEPLOYED_BRANCH = 'main';

/**
 * The name of the repository variable that enables attestations for a private repository. Not every GitHub plan offers
 * attestations for private repositories.
 */
export const ATTEST_PRIVATE = 'ATTEST_PRIVATE';

/** The required settings of one GitHub environment. */
export interface NeededEnvironment {
  readonly name: string;
  /** The branches whose workflows may use the environment. Pull requests run from any branch. */
  readonly branches: 'any' | typeof DEPLOYED_BRANCH;
  /** Whether jobs that use the environment need an approval. */
  readonly needsReviewers: boolean;
  readonly variables: Readonly<Record<string, string>>;
}

export function neededEnvironments(environments: readonly Environment[]): NeededEnvironment[] {
  const withRoles = environments.flatMap((environment) =>
    (['apply', 'plan'] as const).map((may): NeededEnvironment => {
      return {
        name: githubEnvironmentOf(environment, may),
        branches: may === 'apply' ? DEPLOYED_BRANCH : 'any',
        needsReviewers: false,
        variables: { AWS_ROLE: githubRoleOf(environment, may), AWS_REGION: environment.region },
      };
    }),
  );
  return [...withRoles, { name: APPROVAL_ENVIRONMENT, branches: DEPLOYED_BRANCH, needsReviewers: true, variables: {} }];
}
