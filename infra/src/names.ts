/**
 * The names of AWS resources: `centflow-<environment>-<thing>`. The prefix lets policies name the resources of one environment and
 * of no other.
 */
import type { Environment, GithubRepository } from './environment.ts';

/** The names of resources that several stacks refer to, or that people type. */
export interface Names {
  /** The beginning of every name in the environment. */
  readonly prefix: string;
  readonly uploadsBucket: string;
  readonly artifactsBucket: string;
  readonly databaseInstance: string;
  readonly trigger: string;
  readonly migrator: string;
  /** The name of the function that reports the canary's rows in the views to a deployment. */
  readonly canary: string;
  /**
   * The name of the console function that serves people's uploads and figures. The other function, `operations`, serves
   * the state of the pipeline.
   */
  readonly console: string;
  readonly operations: string;
  /** The names of the bucket for the console's pages, of the web ACL, and of the log group for the console's API. */
  readonly consoleBucket: string;
  readonly consoleFirewall: string;
  readonly consoleAccessLogGroup: string;
  /** The first part of the sign-in domain: `<signInDomain>.auth.<region>.amazoncognito.com`. */
  readonly signInDomain: string;
  readonly job: string;
  readonly queue: string;
  readonly deadLetterQueue: string;
  /** The log group to which the job emits its metrics. */
  readonly jobMetricsLogGroup: string;
  readonly topic: string;
  /** The database in the Data Catalog. */
  readonly catalogDatabase: string;
  /** The names of the MySQL users' secrets. The job reads `loaderSecret`, and the reports read `reporterSecret`. */
  readonly migratorSecret: string;
  readonly loaderSecret: string;
  readonly reporterSecret: string;
}

/** The name of the schema in MySQL. */
export const DATABASE_NAME = 'centflow';

/** The owner of the uploads with which a deployment tests the pipeline. No person uses this owner. */
export const CANARY_OWNER = 'centflow-canary';

/** The owner of all uploads by `npm run deliver -- accept`. The prefix permits the canary's function to report on this owner. */
export const ACCEPT_OWNER = `${CANARY_OWNER}-accept`;

function prefixOf(environment: string): string {
  return `centflow-${environment}`;
}

export function namesOf({ name, accountId }: Pick<Environment, 'name' | 'accountId'>): Names {
  const prefix = prefixOf(name);
  return {
    prefix,
    // Bucket names are unique across all of AWS.
    uploadsBucket: `${prefix}-uploads-${accountId}`,
    artifactsBucket: `${prefix}-artifacts-${accountId}`,
    databaseInstance: `${prefix}-database`,
    trigger: `${prefix}-trigger`,
    migrator: `${prefix}-migrator`,
    canary: `${prefix}-canary`,
    console: `${prefix}-console`,
    operations: `${prefix}-operations`,
    consoleBucket: `${prefix}-console-${accountId}`,
    consoleFirewall: `${prefix}-console`,
    consoleAccessLogGroup: `/centflow/${name}/console-access`,
    // Sign-in domains are unique in a region, across all accounts.
    signInDomain: `${prefix}-${accountId}`,
    job: `${prefix}-load`,
    queue: `${prefix}-uploads`,
    deadLetterQueue: `${prefix}-uploads-dlq`,
    jobMetricsLogGroup: `/centflow/${name}/job-metrics`,
    topic: `${prefix}-alarms`,
    // Athena's SQL requires underscores.
    catalogDatabase: prefix.replaceAll('-', '_'),
    migratorSecret: `${prefix}/migrator`,
    loaderSecret: `${prefix}/loader`,
    reporterSecret: `${prefix}/reporter`,
  };
}

/**
 * Returns the ARN of the policy that every role of the environment must have as its permissions boundary. `bootstrap` creates it.
 *
 * The names of the boundary and of GitHub's roles do not begin with `centflow-<environment>-`, because the apply role may change
 * everything with that prefix.
 */
export function roleBoundaryOf({ name, accountId }: Pick<Environment, 'name' | 'accountId'>): string {
  return `arn:aws:iam::${accountId}:policy/${bootstrapPrefixOf({ name })}-boundary`;
}

/** Returns the ARN of a role for GitHub's workflows: `plan` reads, `apply` changes. */
export function githubRoleOf(
  { name, accountId }: Pick<Environment, 'name' | 'accountId'>,
  may: 'plan' | 'apply',
): string {
  return `arn:aws:iam::${accountId}:role/${bootstrapPrefixOf({ name })}-${may}`;
}

/**
 * Returns the name of the GitHub environment whose workflows may assume a role. On GitHub, only main may use the environment that
 * applies, and every branch may use the environment that plans. The author of a pull request controls its workflow file. The
 * workflow of a pull request must therefore not be able to change anything on AWS.
 */
export function githubEnvironmentOf({ name }: Pick<Environment, 'name'>, may: 'plan' | 'apply'): string {
  return may === 'plan' ? `${name}-plan` : name;
}

/**
 * Returns the prefix `repo:OWNER@OWNER-ID/NAME@REPO-ID`, with which the subjects of all tokens for a repository's workflows begin.
 *
 * Repositories that were created, renamed or transferred after 15 July 2026 have these immutable subjects. Older ones can opt in:
 * https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
export function githubSubjectPrefixOf({ name, ownerId, id }: GithubRepository): string {
  const [owner, repository] = name.split('/');
  return `repo:${owner}@${ownerId}/${repository}@${id}`;
}

/** Returns the subject that a workflow's token must contain so that the workflow may assume a role. */
export function githubSubjectOf(environment: Pick<Environment, 'name' | 'repository'>, may: 'plan' | 'apply'): string {
  return `${githubSubjectPrefixOf(environment.repository)}:environment:${githubEnvironmentOf(environment, may)}`;
}

/** Returns patterns of the names of the environment's log groups. */
export function logGroupsOf({ name }: Pick<Environment, 'name'>): string[] {
  const prefix = prefixOf(name);
  return [
    `/centflow/${name}/*`,
    `/aws/lambda/${prefix}-*`,
    `/aws/rds/instance/${prefix}-*`,
    // Glue chooses the name of a crawler's log group once its logs are encrypted.
    `/aws-glue/crawlers-role/${prefix}-*`,
  ];
}

/** Returns the name prefix of the resources that `bootstrap` creates for one environment. */
export function bootstrapPrefixOf({ name }: Pick<Environment, 'name'>): string {
  return `centflow-bootstrap-${name}`;
}

/** Returns the name of the bucket with the Terraform state of an account's environments. */
export function stateBucketOf({ accountId, region }: Pick<Environment, 'accountId' | 'region'>): string {
  return `centflow-state-${accountId}-${region}`;
}

/** Returns the name of the bucket with the releases, the reviewed plans and the deployment records of an account's environments. */
export function deliveryBucketOf({ accountId, region }: Pick<Environment, 'accountId' | 'region'>): string {
  return `centflow-delivery-${accountId}-${region}`;
}
