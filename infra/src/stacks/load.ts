/**
 * The stack that processes uploads: events → queue → trigger → job, and the migrator, which must run first.
 *
 * No resource in this stack contains data of users. The secrets contain passwords that the migrator can create again.
 */

import { GlueSecurityConfiguration } from '@cdktf/provider-aws/lib/glue-security-configuration/index.js';
import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object/index.js';
import { feeds, objectPrefix } from '@centflow/schema';
import { AssetType, Fn, TerraformAsset, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { type Artifact, ArtifactError, type Artifacts, readArtifacts } from '../artifacts.ts';
import { DeployedArtifact } from '../constructs/deployed-artifact.ts';
import { LambdaFunction } from '../constructs/lambda-function.ts';
import type { Environment } from '../environment.ts';
import { arns } from '../policy/arns.ts';
import { StageStack } from './centflow-stack.ts';
import { handOver, type LoadOutput, takeDatabaseCa, takeOver } from './handover.ts';
import { Catalog } from './load/catalog.ts';
import { commonPrefix } from './load/common-prefix.ts';
import { DatabaseAccess } from './load/database-access.ts';
import { LoadJob } from './load/load-job.ts';
import { queueTimes } from './load/queue-times.ts';
import { UploadQueue } from './load/upload-queue.ts';

/** The prefix of the trigger's manifests. S3 sends no events for this prefix. */
const MANIFEST_PREFIX = 'manifests/';

export class LoadStack extends StageStack {
  constructor(scope: Construct, environment: Environment, artifacts: Artifacts = readArtifacts()) {
    super(scope, 'load', environment);
    const { names } = this;
    const { regional, bucket } = arns(environment);
    const store = takeOver(
      this,
      'private_subnet_ids',
      'job_security_group_id',
      'migrator_security_group_id',
      'kms_key_arn',
      'database_host',
      'database_port',
      'master_secret_arn',
    );
    const databaseCa = takeDatabaseCa(this);
    const privateSubnets = Token.asList(Fn.split(',', store.private_subnet_ids));
    const kmsKeyArn = store.kms_key_arn;
    const deploy = (id: string, artifact: Artifact) =>
      new DeployedArtifact(this, id, { bucket: names.artifactsBucket, artifact });

    const access = new DatabaseAccess(this, 'database', {
      environment,
      kmsKeyArn,
      code: deploy('migrator-code', artifacts.migrator),
      network: {
        subnetIds: privateSubnets,
        securityGroupId: store.migrator_security_group_id,
      },
      databaseHost: store.database_host,
      databasePort: store.database_port,
      masterSecretArn: store.master_secret_arn,
      databaseCa,
    });

    const securityConfiguration = new GlueSecurityConfiguration(this, 'encryption', {
      name: `${names.prefix}-encryption`,
      encryptionConfiguration: {
        cloudwatchEncryption: { cloudwatchEncryptionMode: 'SSE-KMS', kmsKeyArn },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: 'CSE-KMS', kmsKeyArn },
        s3Encryption: { s3EncryptionMode: 'SSE-KMS', kmsKeyArn },
      },
    }).name;

    const rawPrefix = commonPrefix(Object.values(feeds).map(objectPrefix));
    const load = new LoadJob(this, 'load', {
      environment,
      kmsKeyArn,
      securityConfiguration,
      script: deploy('job-code', artifacts.job),
      wheels: deploy('job-wheels', artifacts.wheels),
      authoritiesUri: this.#deployAuthorities(artifacts, databaseCa),
      loaderSecretArn: access.loaderSecret.arn,
      rawPrefix,
      manifestPrefix: MANIFEST_PREFIX,
      network: {
        // The job uses only zones with endpoints, so that calls to AWS do not cross zones. The job uses all of these zones, so that
        // it survives the loss of one.
        subnets: environment.network.availabilityZones
          .slice(0, environment.network.endpointZones)
          .map((zone, index) => ({ id: Fn.element(privateSubnets, index) as string, zone })),
        securityGroupId: store.job_security_group_id,
      },
      dependsOn: [access.migrated],
    });

    const times = queueTimes(environment);
    const uploads = new UploadQueue(this, 'uploads', { environment, kmsKeyArn, times, prefix: rawPrefix });
    const triggerCode = deploy('trigger-code', artifacts.trigger);
    const trigger = new LambdaFunction(this, 'trigger', {
      purpose: 'trigger',
      description: 'Writes one manifest and starts one job run for each batch of events.',
      environment,
      code: triggerCode,
      kmsKeyArn,
      timeoutSeconds: times.triggerTimeoutSeconds,
      memoryMb: 256,
      variables: {
        UPLOADS_BUCKET: names.uploadsBucket,
        GLUE_JOB_NAME: names.job,
        ENVIRONMENT: environment.name,
        MANIFEST_PREFIX,
        START_WAIT_SECONDS: String(times.startWaitSeconds),
      },
      statements: [
        {
          sid: 'TakeMessages',
          actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
          resources: [uploads.queue.arn],
        },
        {
          sid: 'WriteManifests',
          actions: ['s3:PutObject', 's3:DeleteObject'],
          resources: [`${bucket(names.uploadsBucket)}/${MANIFEST_PREFIX}*`],
        },
        {
          sid: 'ListWaitingManifests',
          actions: ['s3:ListBucket'],
          resources: [bucket(names.uploadsBucket)],
          conditions: { StringLike: { 's3:prefix': `${MANIFEST_PREFIX}waiting/*` } },
        },
        { sid: 'EncryptManifests', actions: ['kms:GenerateDataKey'], resources: [kmsKeyArn] },
        {
          sid: 'StartJob',
          actions: ['glue:StartJobRun'],
          resources: [regional('glue', `job/${names.job}`)],
        },
      ],
      dependsOn: [triggerCode.object, access.migrated, load.job],
    });
    const mapping = new LambdaEventSourceMapping(this, 'uploads-to-trigger', {
      eventSourceArn: uploads.queue.arn,
      functionName: trigger.function.arn,
      batchSize: times.batchSize,
      maximumBatchingWindowInSeconds: times.batchingWindowSeconds,
      functionResponseTypes: ['ReportBatchItemFailures'],
      enabled: !environment.load.paused,
      // Each parallel invocation can start one job run. Lambda requires at least 2.
      scalingConfig: { maximumConcurrency: Math.max(2, environment.load.maxConcurrentRuns) },
      dependsOn: [access.migrated],
    });
    uploads.notify([mapping]);

    new Catalog(this, 'catalog', { environment, feeds: Object.values(feeds), kmsKeyArn, securityConfiguration });

    handOver<LoadOutput>(this, { reporter_secret_arn: access.reporterSecret.arn });
  }

  /** Uploads the certificate authorities that the job trusts, under a key with their hash, and returns their `s3://…` URI. */
  #deployAuthorities({ authorities }: Artifacts, databaseCa: string): string {
    const { region } = this.environment;
    const artifact = authorities[region];
    if (artifact === undefined) throw new ArtifactError(`The certificate authorities of RDS in ${region} are missing`);
    const file = new TerraformAsset(this, 'authorities-file', {
      path: artifact.path,
      type: AssetType.FILE,
      assetHash: artifact.hash,
    });
    // `coalesce` returns the first value that is not empty.
    const content = Token.asString(Fn.coalesce([databaseCa, Fn.file(file.path)]));
    const bucket = this.names.artifactsBucket;
    const object = new S3Object(this, 'authorities', {
      bucket,
      key: `authorities-${Fn.sha256(content)}.pem`,
      content,
      contentType: 'application/x-pem-file',
      lifecycle: { createBeforeDestroy: true },
    });
    return `s3://${bucket}/${object.key}`;
  }
}
