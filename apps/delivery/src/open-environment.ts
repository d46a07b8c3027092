/** An environment as the commands work on it: a release's stacks, its AWS, and what is kept of its delivery. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { deliveryBucketOf, type Environment, readEnvironment, type StageName, stackName } from '@centflow/infra';
import { findTerraform } from '@centflow/terraform';
import { Deployments } from './deploy/deployments.ts';
import { Deployment, stagesOf } from './infra/deployment.ts';
import { PlanStore } from './plans/plan-store.ts';
import { type Release, ReleaseError } from './release/release.ts';
import { ReleaseStore } from './release/release-store.ts';
import { repository } from './repository.ts';

/** Where Terraform works, and where releases are fetched to: everything in it can be had again. */
const workFolder = join(repository, '.local', 'terraform', 'delivery');

export interface OpenEnvironment {
  readonly environment: Environment;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly cloudwatch: CloudWatchClient;
  readonly plans: PlanStore;
  readonly releases: ReleaseStore;
  readonly deployments: Deployments;
  /** A folder of its own for what is fetched. */
  readonly folder: string;
}

/** @throws {EnvironmentError} there is no such environment. */
export function openEnvironment(name: string): OpenEnvironment {
  const environment = readEnvironment(name);
  const { region } = environment;
  const bucket = deliveryBucketOf(environment);
  // Emulators answer under one name for all buckets.
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

/** A release's stacks in one environment, for Terraform to work on. */
export interface OpenRelease {
  readonly release: Release;
  readonly deployment: Deployment;
  /** The stages that the release has in this environment, in their order. */
  readonly stages: readonly StageName[];
}

/** @throws {ReleaseError} the release has nothing for the environment. */
export async function openStacks({ environment, folder }: OpenEnvironment, release: Release): Promise<OpenRelease> {
  const stages = stagesOf(environment).filter((stage) =>
    existsSync(join(release.folder, 'stacks', stackName(environment, stage), 'cdk.tf.json')),
  );
  if (stages.length === 0) {
    throw new ReleaseError(`Release ${release.version} has no stack of ${environment.name}: it was made without it.`);
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

/** Who else than RDS may vouch for the database: for an emulator, in a file. */
function databaseAuthorities(): Record<string, string> {
  const file = process.env.CENTFLOW_DATABASE_CA;
  return file === undefined ? {} : { database_ca: readFileSync(file, 'utf8') };
}
