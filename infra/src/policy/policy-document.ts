/** Builds the JSON of IAM policies from statements. */

/** The issuer of the tokens of GitHub's workflows. */
export const GITHUB_TOKENS = 'token.actions.githubusercontent.com';

/** The conditions of a statement: for each operator, the required values by condition key. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of a policy. */
export interface Statement {
  /** The purpose of the statement, in letters and digits. */
  readonly sid: string;
  readonly effect?: 'Allow' | 'Deny';
  /** The full name of each action. A test allows no wildcards. */
  readonly actions: readonly string[];
  /** ARNs, as narrow as AWS supports. A test allows `*` only for actions that AWS authorises on no narrower resource. */
  readonly resources: readonly string[];
  /** The callers to which a resource's policy applies: `{ Service: […] }`, `{ AWS: […] }`, or `*` for everybody. */
  readonly principals?: '*' | Readonly<Record<string, readonly string[]>>;
  readonly conditions?: Conditions;
}

/** Returns the policy's JSON. */
export function policyDocument(...statements: readonly Statement[]): string {
  return document(statements.map(toIamStatement));
}

/** Returns the JSON of a KMS key's policy. In such a policy, the resource `*` means only the key itself. */
export function keyPolicyDocument(...statements: readonly Omit<Statement, 'resources'>[]): string {
  return document(statements.map((statement) => toIamStatement({ ...statement, resources: ['*'] })));
}

function document(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function toIamStatement({ sid, effect, actions, resources, principals, conditions }: Statement): object {
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
 * Returns a role's trust policy: only workflows of one repository and one GitHub environment may assume the role. The branches and
 * reviewers of the GitHub environment decide who may start such a workflow.
 *
 * @param subject the only trusted subject of tokens: names with ids and one GitHub environment, without wildcards
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
 * The services that send `aws:SourceAccount` when they assume a role, with the page that documents this. AWS documents no such key
 * for other services, and a condition on the key could block them. Other policies limit who may pass the role to a service, and
 * nobody can pass the role from another account.
 */
const sendsSourceAccount: Readonly<Record<string, string>> = {
  'lambda.amazonaws.com': 'https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html',
  'monitoring.rds.amazonaws.com':
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html#USER_Monitoring.OS.confused-deputy',
  'vpc-flow-logs.amazonaws.com': 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html',
};

/**
 * Returns a role's trust policy: only one AWS service may assume the role. If the service sends its source account, the policy also
 * requires this account.
 */
export function trustService(service: string, accountId: string): string {
  return document([
    {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      ...(service in sendsSourceAccount ? { Condition: { StringEquals: { 'aws:SourceAccount': accountId } } } : {}),
    },
  ]);
}
