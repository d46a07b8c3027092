import { namesOf } from '../../names.ts';
import { arns } from '../arns.ts';
import { type AreaOf, taggingAs } from './area.ts';

/** Returns the rights on the key, the buckets and the artifacts. The key's own policy contains the rights to use the key. */
export const storage: AreaOf = (environment) => {
  const { prefix, uploadsBucket, artifactsBucket, consoleBucket } = namesOf(environment);
  const { regional, bucket } = arns(environment);
  const buckets = [uploadsBucket, artifactsBucket, consoleBucket].map(bucket);
  // Deployments upload the functions' code, the job and the console's pages to these buckets.
  const artifactBuckets = [artifactsBucket, consoleBucket].map(bucket);
  const artifacts = artifactBuckets.map((arn) => `${arn}/*`);
  return {
    name: 'storage',
    types: [
      'aws_kms_key',
      'aws_kms_alias',
      'aws_s3_bucket',
      'aws_s3_bucket_cors_configuration',
      'aws_s3_bucket_lifecycle_configuration',
      'aws_s3_bucket_notification',
      'aws_s3_bucket_ownership_controls',
      'aws_s3_bucket_policy',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_server_side_encryption_configuration',
      'aws_s3_bucket_versioning',
      'aws_s3_object',
    ],
    read: [
      { sid: 'ListAliases', actions: ['kms:ListAliases'], resources: ['*'] },
      {
        // The provider reads all of these settings of a bucket, even settings that no stack sets.
        sid: 'ReadBuckets',
        actions: [
          's3:ListBucket',
          's3:GetAccelerateConfiguration',
          's3:GetBucketAcl',
          's3:GetBucketCORS',
          's3:GetBucketLocation',
          's3:GetBucketLogging',
          's3:GetBucketNotification',
          's3:GetBucketObjectLockConfiguration',
          's3:GetBucketOwnershipControls',
          's3:GetBucketPolicy',
          's3:GetBucketPublicAccessBlock',
          's3:GetBucketRequestPayment',
          's3:GetBucketTagging',
          's3:GetBucketVersioning',
          's3:GetBucketWebsite',
          's3:GetEncryptionConfiguration',
          's3:GetLifecycleConfiguration',
          's3:GetReplicationConfiguration',
        ],
        resources: buckets,
      },
      { sid: 'ReadArtifacts', actions: ['s3:GetObject', 's3:GetObjectTagging'], resources: artifacts },
    ],
    write: [
      { sid: 'CreateKey', actions: ['kms:CreateKey'], resources: ['*'], conditions: taggingAs(environment) },
      {
        // KMS checks this right before the key has a policy.
        sid: 'TagKey',
        actions: ['kms:TagResource'],
        resources: [regional('kms', 'key/*')],
        conditions: taggingAs(environment),
      },
      {
        sid: 'NameKey',
        actions: ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'],
        resources: [regional('kms', `alias/${prefix}`)],
      },
      {
        sid: 'ChangeBuckets',
        actions: [
          's3:CreateBucket',
          's3:DeleteBucket',
          's3:DeleteBucketPolicy',
          's3:PutBucketCORS',
          's3:PutBucketNotification',
          's3:PutBucketOwnershipControls',
          's3:PutBucketPolicy',
          's3:PutBucketPublicAccessBlock',
          's3:PutBucketTagging',
          's3:PutBucketVersioning',
          's3:PutEncryptionConfiguration',
          's3:PutLifecycleConfiguration',
        ],
        resources: buckets,
      },
      { sid: 'PutArtifacts', actions: ['s3:PutObject', 's3:PutObjectTagging'], resources: artifacts },
      {
        // Without `protectData`, `destroy` also empties the uploads bucket.
        sid: 'EmptyBuckets',
        actions: ['s3:ListBucketVersions', 's3:DeleteObject', 's3:DeleteObjectVersion'],
        resources: environment.protectData
          ? [...artifactBuckets, ...artifacts]
          : [...buckets, ...buckets.map((arn) => `${arn}/*`)],
      },
    ],
  };
};
