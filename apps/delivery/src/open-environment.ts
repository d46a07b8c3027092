/** An open environment: the AWS clients and stores that the commands use, and a release's stacks in it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { deliveryBucketOf, type Environment, readEnvironment, type StageName, stackName } from '@centflow/infra';
import { repository } from '@centflow/local-processes/paths';
import { findTerraform } from '@centflow/terraform';
import { Deployments } from './deploy/deployments.ts';
import { Deployment, stagesOf } from './infra/deployment.ts';
import { PlanStore } from './plans/plan-store.ts';
import { type Release, ReleaseError } from './release/release.ts';
import { ReleaseStore } from './release/release-store.ts';

/** The working folder for Terraform and fetched releases. It is safe to delete. */
const workFolder = join(repository, '.local', 'terraform', 'delivery');

export interface OpenEnvironment {
  readonly environment: Environment;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly cloudwatch: CloudWatchClient;
  readonly plans: PlanStore;
  readonly releases: ReleaseStore;
  readonly deployments: Deployments;
  /** The environment's own folder, for Terraform and fetched releases. */
  readonly folder: string;
}

/** @throws {EnvironmentError} the environment does not exist. */
export function openEnvironment(name: string): OpenEnvironment {
  const environment = readEnvironment(name);
  const { region } = environment;
  const bucket = deliveryBucketOf(environment);
  // Emulators serve all buckets under one host name.
  const s3 = new S3Client({ region, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
  return {
    environment,
    s3,
    lambda: new LambdaClient({ region }),
    cloudwatch: new CloudWatchClient({ region }),
    plans: new PlanStore(s3, bucket, environment.name),
    releases: new ReleaseStore(s3, bucket),
    deployments: new Deployments(s3, bucket, environment.name),
    folder: join(workFolder, environment.name),
  };
}

/** A release's stacks in one environment, ready for Terraform. */
export interface OpenRelease {
  readonly release: Release;
  readonly deployment: Deployment;
  /** The stages that the release contains for this environment, in apply order. */
  readonly stages: readonly StageName[];
}

/** @throws {ReleaseError} the release has no stack for the environment. */
export async function openStacks({ environment, folder }: OpenEnvironment, release: Release): Promise<OpenRelease> {
  const stages = stagesOf(environment).filter((stage) =>
    existsSync(join(release.folder, 'stacks', stackName(environment, stage), 'cdk.tf.json')),
  );
  if (stages.length === 0) {
    throw new ReleaseError(
      `Release ${release.version} has no stack for ${environment.name}. Build a release from a commit that declares this environment.`,
    );
  }
  const deployment = new Deployment(environment, {
    terraform: await findTerraform(workFolder),
    folder,
    synthesised: release.folder,
    variables: databaseAuthorities(),
    show: false,
  });
  return { release, deployment, stages };
}

/**
 * Returns the certificate authorities in the file that CENTFLOW_DATABASE_CA names, for an emulated database. If the variable
 * is not set, only the authorities of RDS are trusted.
 */
function databaseAuthorities(): Record<string, string> {
  const file = process.env.CENTFLOW_DATABASE_CA;
  return file === undefined ? {} : { database_ca: readFileSync(file, 'utf8') };
}
