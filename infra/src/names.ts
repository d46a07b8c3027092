/** What things are called: `centflow-<environment>-<thing>`, so that policies can name one environment's things and no other's. */
import type { Environment } from './environment.ts';

/** The names one stack needs to know of another, and people type. */
export interface Names {
  /** Begins the name of everything in the environment. */
  readonly prefix: string;
  readonly uploadsBucket: string;
  readonly artifactsBucket: string;
  readonly databaseInstance: string;
  readonly reportingReplica: string;
  readonly trigger: string;
  readonly migrator: string;
  readonly job: string;
  readonly queue: string;
  readonly deadLetterQueue: string;
  /** The log group that takes the job's metrics. */
  readonly jobMetricsLogGroup: string;
  readonly topic: string;
  /** Parameters of MySQL secrets: `loaderSecret` and `reporterSecret` are what the job and the reports read. */
  readonly migratorSecret: string;
  readonly loaderSecret: string;
  readonly reporterSecret: string;
}

/** The schema's name in MySQL. */
export const DATABASE_NAME = 'centflow';

export function namesOf({ name, accountId }: Pick<Environment, 'name' | 'accountId'>): Names {
  const prefix = `centflow-${name}`;
  return {
    prefix,
    // Bucket names are unique in all of AWS.
    uploadsBucket: `${prefix}-uploads-${accountId}`,
    artifactsBucket: `${prefix}-artifacts-${accountId}`,
    databaseInstance: `${prefix}-database`,
    reportingReplica: `${prefix}-reporting`,
    trigger: `${prefix}-trigger`,
    migrator: `${prefix}-migrator`,
    job: `${prefix}-load`,
    queue: `${prefix}-uploads`,
    deadLetterQueue: `${prefix}-uploads-dlq`,
    jobMetricsLogGroup: `/centflow/${name}/job-metrics`,
    topic: `${prefix}-alarms`,
    migratorSecret: `${prefix}/migrator`,
    loaderSecret: `${prefix}/loader`,
    reporterSecret: `${prefix}/reporter`,
  };
}

/** The bucket that holds the Terraform state of an account's environments. */
export function stateBucketOf({ accountId, region }: Pick<Environment, 'accountId' | 'region'>): string {
  return `centflow-state-${accountId}-${region}`;
}
