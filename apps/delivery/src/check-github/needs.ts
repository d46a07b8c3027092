/** What the workflows need a person to set on GitHub; a test compares it with the workflows. */
import { type Environment, githubEnvironmentOf, githubRoleOf } from '@centflow/infra';
import { APPROVAL_ENVIRONMENT } from '../deploy/assessment.ts';

/** The branch that is deployed. */
export const DEPLOYED_BRANCH = 'main';

/** A variable of the repository: `true` if it is private and its plan has attestations. */
export const ATTEST_PRIVATE = 'ATTEST_PRIVATE';

/** One environment as it must be on GitHub. */
export interface NeededEnvironment {
  readonly name: string;
  /** Whose workflows may use it: pull requests run from any branch. */
  readonly branches: 'any' | typeof DEPLOYED_BRANCH;
  /** Whether people must approve what uses it. */
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
