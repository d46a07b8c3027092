/** What things are called: `centflow-<environment>-<thing>`, so that policies can name one environment's things and no other's. */
import type { Environment, GithubRepository } from './environment.ts';

/** The names one stack needs to know of another, and people type. */
export interface Names {
  /** Begins the name of everything in the environment. */
  readonly prefix: string;
  readonly uploadsBucket: string;
  readonly artifactsBucket: string;
  readonly databaseInstance: string;
  readonly trigger: string;
  readonly migrator: string;
  /** The function that tells a deployment what the views show of the canary's uploads. */
  readonly canary: string;
  /** The functions that answer the console: on people's own uploads and figures, and on how the flow runs. */
  readonly console: string;
  readonly operations: string;
  /** The bucket of the console's pages; its WAF, and what the log group of its API is called. */
  readonly consoleBucket: string;
  readonly consoleFirewall: string;
  readonly consoleAccessLogGroup: string;
  /** Begins the address where people sign in: `<it>.auth.<region>.amazoncognito.com`. */
  readonly signInDomain: string;
  readonly job: string;
  readonly queue: string;
  readonly deadLetterQueue: string;
  /** The log group that takes the job's metrics. */
  readonly jobMetricsLogGroup: string;
  readonly topic: string;
  /** The Data Catalog's database. */
  readonly catalogDatabase: string;
  /** Parameters of MySQL secrets: `loaderSecret` and `reporterSecret` are what the job and the reports read. */
  readonly migratorSecret: string;
  readonly loaderSecret: string;
  readonly reporterSecret: string;
}

/** The schema's name in MySQL. */
export const DATABASE_NAME = 'centflow';

/** Whose uploads a deployment makes to see whether the flow works: nobody's. */
export const CANARY_OWNER = 'centflow-canary';

/** The owner of everything that `npm run deliver -- accept` uploads. The canary's function answers for it, as it begins so. */
export const ACCEPT_OWNER = `${CANARY_OWNER}-accept`;

function prefixOf(environment: string): string {
  return `centflow-${environment}`;
}

export function namesOf({ name, accountId }: Pick<Environment, 'name' | 'accountId'>): Names {
  const prefix = prefixOf(name);
  return {
    prefix,
    // Bucket names are unique in all of AWS.
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
    // Such names are unique in a region, of all accounts.
    signInDomain: `${prefix}-${accountId}`,
    job: `${prefix}-load`,
    queue: `${prefix}-uploads`,
    deadLetterQueue: `${prefix}-uploads-dlq`,
    jobMetricsLogGroup: `/centflow/${name}/job-metrics`,
    topic: `${prefix}-alarms`,
    // Athena's SQL wants underscores.
    catalogDatabase: prefix.replaceAll('-', '_'),
    migratorSecret: `${prefix}/migrator`,
    loaderSecret: `${prefix}/loader`,
    reporterSecret: `${prefix}/reporter`,
  };
}

/**
 * The most that any role of the environment can do, made by `bootstrap`: the ARN of the policy that each must carry as its
 * permissions boundary.
 *
 * It and the roles of GitHub are not called `centflow-<environment>-…`, because the apply role may change all that is.
 */
export function roleBoundaryOf({ name, accountId }: Pick<Environment, 'name' | 'accountId'>): string {
  return `arn:aws:iam::${accountId}:policy/${bootstrapPrefixOf({ name })}-boundary`;
}

/** The ARNs of the roles that GitHub's workflows take: `plan` reads, `apply` changes. */
export function githubRoleOf(
  { name, accountId }: Pick<Environment, 'name' | 'accountId'>,
  may: 'plan' | 'apply',
): string {
  return `arn:aws:iam::${accountId}:role/${bootstrapPrefixOf({ name })}-${may}`;
}

/**
 * GitHub's environment whose workflows may take a role. GitHub lets main alone into the one that applies, and every branch into
 * the one that plans: a pull request's workflow is the pull request's own text, and no such text may change anything on AWS.
 */
export function githubEnvironmentOf({ name }: Pick<Environment, 'name'>, may: 'plan' | 'apply'): string {
  return may === 'plan' ? `${name}-plan` : name;
}

/**
 * How the subject of every token of a repository's workflows begins: `repo:OWNER@OWNER-ID/NAME@REPO-ID`.
 *
 * Repositories created, renamed or transferred after 15 July 2026 have these immutable subjects; an older one can opt in:
 * https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
export function githubSubjectPrefixOf({ name, ownerId, id }: GithubRepository): string {
  const [owner, repository] = name.split('/');
  return `repo:${owner}@${ownerId}/${repository}@${id}`;
}

/** The subject of the tokens with which a workflow may take a role. */
export function githubSubjectOf(environment: Pick<Environment, 'name' | 'repository'>, may: 'plan' | 'apply'): string {
  return `${githubSubjectPrefixOf(environment.repository)}:environment:${githubEnvironmentOf(environment, may)}`;
}

/** Patterns of the names of the environment's log groups. */
export function logGroupsOf({ name }: Pick<Environment, 'name'>): string[] {
  const prefix = prefixOf(name);
  return [
    `/centflow/${name}/*`,
    `/aws/lambda/${prefix}-*`,
    `/aws/rds/instance/${prefix}-*`,
    // Glue names a crawler's log group itself, as soon as its logs are encrypted.
    `/aws-glue/crawlers-role/${prefix}-*`,
  ];
}

/** Begins the names of what `bootstrap` makes for one environment. */
export function bootstrapPrefixOf({ name }: Pick<Environment, 'name'>): string {
  return `centflow-bootstrap-${name}`;
}

/** The bucket that holds the Terraform state of an account's environments. */
export function stateBucketOf({ accountId, region }: Pick<Environment, 'accountId' | 'region'>): string {
  return `centflow-state-${accountId}-${region}`;
}

/** The bucket that holds the releases, the reviewed plans and the records of deployments of an account's environments. */
export function deliveryBucketOf({ accountId, region }: Pick<Environment, 'accountId' | 'region'>): string {
  return `centflow-delivery-${accountId}-${region}`;
}
