/** IAM policies as data: who may do what with which resources. */

/** The issuer of the tokens of GitHub's workflows. */
export const GITHUB_TOKENS = 'token.actions.githubusercontent.com';

/** Values of one condition operator, by condition key. */
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
  /** Only in a resource's own policy: the callers it concerns, `{ Service: […] }` or `{ AWS: […] }`, or everybody. */
  readonly principals?: '*' | Readonly<Record<string, readonly string[]>>;
  readonly conditions?: Conditions;
}

/** Returns the policy's JSON. */
export function policyDocument(...statements: readonly Statement[]): string {
  return document(statements.map(toIamStatement));
}

/** Returns the JSON of a KMS key's policy, in which `*` means the key itself: everything it allows concerns this key only. */
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
 * Returns a role's trust: workflows of one repository in one of its environments may take the role, and no others. GitHub
 * decides who may start such a workflow, by the branches and reviewers of its environment.
 *
 * @param subject the only trusted subject of tokens: names with ids, one GitHub environment, no pattern
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
 * The services that send `aws:SourceAccount` when they take a role, with the page that says so. AWS documents no such key for other
 * services, and a condition on it could block them altogether. Who may pass the role to a service is limited in any case, and
 * nobody can pass it from another account.
 */
const sendsSourceAccount: Readonly<Record<string, string>> = {
  'lambda.amazonaws.com': 'https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html',
  'monitoring.rds.amazonaws.com':
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html#USER_Monitoring.OS.confused-deputy',
  'vpc-flow-logs.amazonaws.com': 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html',
};

/**
 * Returns a role's trust: one AWS service may take the role, only for resources of this account if the service sends the account.
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
