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

/** The stack with the resources that must survive: the uploads, the database, the encryption key, and the network. */
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
 * Returns the lifecycle rules of the uploads bucket.
 *
 * The newest version of an object never expires. Older versions expire. The next sweep then updates the database, because the
 * database depends only on the bucket's content. If a correction was rejected, the last good version remains published until that
 * version expires. Then its rows are retired. A rejected correction must therefore be fixed within `keepOldVersionsDays`, and an
 * alarm reports the rejection. Keeping the newest old version for ever would also keep objects that people deleted.
 *
 * A delete marker expires when it is the only remaining version of its key. By then, no row of the key is published. A delete marker
 * that is not the newest version expires like other old versions. The versions that the marker hides expire earlier, so they do not
 * reappear.
 */
function uploadsLifecycle(keepOldVersionsDays: number): S3BucketLifecycleConfigurationRule[] {
  return [
    expireOldVersions('old-versions', 'raw/', keepOldVersionsDays),
    // No code reads old versions of templates. Deleted and replaced versions expire as in raw/.
    expireOldVersions('old-templates', 'templates/', keepOldVersionsDays),
    {
      ...expireOldVersions('manifests', 'manifests/', 1),
      // Manifests are kept for the investigation of job runs. The sweep needs no manifests.
      expiration: [{ days: 30 }],
    },
  ];
}
