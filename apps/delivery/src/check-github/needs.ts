/** The GitHub settings that the workflows need. A test compares this list with the workflows. */
import { type Environment, githubEnvironmentOf, githubRoleOf } from '@centflow/infra';
import { APPROVAL_ENVIRONMENT } from '../deploy/assessment.ts';

/** The deployed branch. */
export const DEPLOYED_BRANCH = 'main';

/** A repository variable: `true` if the repository is private and its plan offers attestations. */
export const ATTEST_PRIVATE = 'ATTEST_PRIVATE';

/** The required settings of one GitHub environment. */
export interface NeededEnvironment {
  readonly name: string;
  /** The branches whose workflows may use it. Pull requests run from any branch. */
  readonly branches: 'any' | typeof DEPLOYED_BRANCH;
  /** Whether jobs that use it need an approval. */
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
