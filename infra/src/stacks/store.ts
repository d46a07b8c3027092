import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import type { Construct } from 'constructs';
import { AwsEndpoints } from '../constructs/aws-endpoints.ts';
import { Database } from '../constructs/database.ts';
import { EncryptionKey } from '../constructs/encryption-key.ts';
import { expireOldVersions, PrivateBucket } from '../constructs/private-bucket.ts';
import { PrivateNetwork } from '../constructs/private-network.ts';
import { SecurityGroups } from '../constructs/security-groups.ts';
import type { Environment } from '../environment.ts';
import { StageStack } from './centflow-stack.ts';
import { handOver, type StoreOutput } from './handover.ts';

/** What must survive: the uploads, the database, the key to both, and the network they are in. */
export class StoreStack extends StageStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, 'store', environment);
    const { names } = this;
    const { protectData: protect, uploads } = environment;
    const { arn: keyArn } = new EncryptionKey(this, 'key', environment);

    new PrivateBucket(this, 'uploads', {
      bucket: names.uploadsBucket,
      keyArn,
      protect,
      lifecycle: uploadsLifecycle(uploads.keepOldVersionsDays),
    });
    new PrivateBucket(this, 'artifacts', {
      bucket: names.artifactsBucket,
      keyArn,
      protect,
      lifecycle: [expireOldVersions('replaced-artifacts', '', 90)],
    });

    const { vpcId, subnetIds, routeTableId } = new PrivateNetwork(this, 'network', environment, keyArn);
    const groups = new SecurityGroups(this, 'groups', { prefix: names.prefix, vpcId });
    const endpoints = new AwsEndpoints(this, 'endpoints', {
      environment,
      vpcId,
      subnetIds,
      routeTableId,
      securityGroupId: groups.endpoints,
    });
    groups.allowS3(endpoints.s3PrefixListId);
    const database = new Database(this, 'database', {
      environment,
      keyArn,
      subnetIds,
      securityGroupId: groups.database,
    });

    handOver<StoreOutput>(this, {
      vpc_id: vpcId,
      private_subnet_ids: subnetIds.join(','),
      job_security_group_id: groups.job,
      migrator_security_group_id: groups.migrator,
      report_security_group_id: groups.report,
      reader_security_group_id: groups.reader,
      kms_key_arn: keyArn,
      database_host: database.host,
      database_port: database.port,
      master_secret_arn: database.masterSecretArn,
    });
  }
}

/**
 * What of the uploads bucket goes by itself.
 *
 * The newest version of an object never does. Older ones do, and the database follows at the next sweep, because it is a
 * function of the bucket: where a correction was rejected, the last good version stays published until it expires here, and
 * is then retired. So a rejected correction wants mending within `keepOldVersionsDays`; its alert says that there is one.
 * Keeping the newest old version for ever instead would keep what people deleted, too.
 *
 * A delete marker goes when it is the last that is left of its key, where nothing is published any more. One that newer
 * versions follow expires as an old version, after those it covers, which are older: they do not come back.
 */
function uploadsLifecycle(keepOldVersionsDays: number): S3BucketLifecycleConfigurationRule[] {
  return [
    expireOldVersions('old-versions', 'raw/', keepOldVersionsDays),
    // Nothing reads the old versions of templates; what people deleted or replaced goes as it does in raw/.
    expireOldVersions('old-templates', 'templates/', keepOldVersionsDays),
    {
      ...expireOldVersions('manifests', 'manifests/', 1),
      // Longer than a job run is retried or looked into; the sweep needs none.
      expiration: [{ days: 30 }],
    },
  ];
}
