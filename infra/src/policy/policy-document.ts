/** IAM policies as data: who may do what with which resources. */
import { wildcards } from './wildcards.ts';

/** Who signs the tokens of GitHub's workflows. */
export const GITHUB_TOKENS = 'token.actions.githubusercontent.com';

/** Values of one condition operator, by condition key. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of a policy. */
export interface Statement {
  /** What it is for, in letters and digits. */
  readonly sid: string;
  readonly effect?: 'Allow' | 'Deny';
  /** Each action by its name. */
  readonly actions: readonly string[];
  /** ARNs, as narrow as AWS supports; `*` only for the actions in wildcards.ts. */
  readonly resources: readonly string[];
  /** In a resource's own policy: whom it speaks of, `{ Service: […] }` or `{ AWS: […] }`, or everybody. */
  readonly principals?: '*' | Readonly<Record<string, readonly string[]>>;
  readonly conditions?: Conditions;
}

/** A policy grants more than it says a reason for. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/**
 * The policy's JSON.
 *
 * @throws {PolicyError} an Allow names a wildcard action, or the resource `*` for an action without a reason in wildcards.ts.
 */
export function policyDocument(...statements: readonly Statement[]): string {
  for (const statement of statements) refuseWildcards(statement);
  return document(statements.map(written));
}

/**
 * The policy of a KMS key, where `*` means the key itself: everything it allows is about this key alone.
 *
 * @throws {PolicyError} an Allow names a wildcard action without a reason in wildcards.ts.
 */
export function keyPolicyDocument(...statements: readonly Omit<Statement, 'resources'>[]): string {
  for (const statement of statements) refuseWildcardActions(statement);
  return document(statements.map((statement) => written({ ...statement, resources: ['*'] })));
}

/** What every policy is written in. */
function document(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function refuseWildcardActions({ sid, effect, actions }: Omit<Statement, 'resources'>): void {
  if (effect === 'Deny') return;
  const star = actions.find((action) => action.includes('*') && wildcards[action] === undefined);
  if (star !== undefined) {
    throw new PolicyError(
      `Statement ${sid} allows ${star}: name each action, or give the reason in infra/src/policy/wildcards.ts.`,
    );
  }
}

function refuseWildcards(statement: Statement): void {
  refuseWildcardActions(statement);
  const { sid, effect, actions, resources } = statement;
  if (effect === 'Deny' || !resources.includes('*')) return;
  const unexplained = actions.filter((action) => wildcards[action] === undefined);
  if (unexplained.length > 0) {
    throw new PolicyError(
      `Statement ${sid} allows ${unexplained.join(', ')} on every resource: name the resources, or give the reason in infra/src/policy/wildcards.ts.`,
    );
  }
}

function written({ sid, effect, actions, resources, principals, conditions }: Statement): object {
  return {
    Sid: sid,
    Effect: effect ?? 'Allow',
    ...(principals === undefined ? {} : { Principal: principals }),
    Action: actions,
    Resource: resources,
    ...(conditions === undefined ? {} : { Condition: conditions }),
  };
}

/**
 * A role's trust: GitHub's workflows may take it, in one repository and one of its environments, and no others. GitHub decides
 * who may start such a workflow, by the branches and reviewers of its environment.
 *
 * @param subject the only subject whose tokens are trusted: names with ids, one GitHub environment, no pattern
 */
export function trustGithub(providerArn: string, subject: string): string {
  return document([
    {
      Effect: 'Allow',
      Principal: { Federated: providerArn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${GITHUB_TOKENS}:aud`]: 'sts.amazonaws.com',
          [`${GITHUB_TOKENS}:sub`]: subject,
        },
      },
    },
  ]);
}

/**
 * Services that tell which account they take a role for. Of others AWS does not say so; a condition on it could then refuse the
 * service altogether. Who may pass the role to a service is limited all the same, and nobody can pass it from another account.
 */
const tellTheAccount: Readonly<Record<string, string>> = {
  'lambda.amazonaws.com': 'https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html',
  'monitoring.rds.amazonaws.com':
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html#USER_Monitoring.OS.confused-deputy',
  'vpc-flow-logs.amazonaws.com': 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html',
};

/** A role's trust: one AWS service may take it; for this account's things alone, where the service tells the account. */
export function trustService(service: string, accountId: string): string {
  return document([
    {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      ...(service in tellTheAccount ? { Condition: { StringEquals: { 'aws:SourceAccount': accountId } } } : {}),
    },
  ]);
}
