import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { Construct } from 'constructs';
import { policyDocument, type Statement } from '../policy/policy-document.ts';

export interface PrivateBucketOptions {
  readonly bucket: string;
  /** The ARN of the KMS key that encrypts the objects, or null for S3's own key. */
  readonly keyArn: string | null;
  /** true: Terraform refuses to destroy the bucket. false: `destroy` deletes it with its content. */
  readonly protect: boolean;
  /** The lifecycle rules. Incomplete multipart uploads are always deleted after a week. */
  readonly lifecycle: readonly S3BucketLifecycleConfigurationRule[];
}

/** A bucket that only this account can access, and only over TLS. The bucket is versioned and encrypted. */
export class PrivateBucket extends Construct {
  readonly id: string;
  readonly arn: string;
  readonly #policy: S3BucketPolicy;
  readonly #statements: readonly Statement[];

  constructor(scope: Construct, id: string, { bucket: name, keyArn, protect, lifecycle }: PrivateBucketOptions) {
    super(scope, id);
    const { id: bucket, arn } = new S3Bucket(this, 'bucket', {
      bucket: name,
      forceDestroy: !protect,
      lifecycle: { preventDestroy: protect },
    });
    this.id = bucket;
    this.arn = arn;

    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      rule: [
        keyArn === null
          ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
          : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
              // With a bucket key, S3 calls KMS once for many objects.
              bucketKeyEnabled: true,
            },
      ],
    });
    const closed = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const owned = new S3BucketOwnershipControls(this, 'ownership', {
      bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    this.#statements = tlsOnly(`arn:aws:s3:::${name}`);
    this.#policy = new S3BucketPolicy(this, 'policy', {
      bucket,
      policy: policyDocument(...this.#statements),
      // S3 rejects concurrent changes of a bucket's access settings.
      dependsOn: [closed, owned],
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [
        ...lifecycle,
        {
          id: 'unfinished-uploads',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      dependsOn: [versioning],
    });
  }

  /** Adds statements to the bucket's policy, for a service without a role. Call this method only once. */
  permit(...statements: readonly Statement[]): void {
    this.#policy.policy = policyDocument(...this.#statements, ...statements);
  }
}

/**
 * Returns a lifecycle rule that expires versions a number of days after their replacement or deletion. The rule also expires
 * delete markers that hide no versions.
 */
export function expireOldVersions(id: string, prefix: string, days: number): S3BucketLifecycleConfigurationRule {
  return {
    id,
    status: 'Enabled',
    filter: [{ prefix }],
    noncurrentVersionExpiration: [{ noncurrentDays: days }],
    expiration: [{ expiredObjectDeleteMarker: true }],
  };
}

function tlsOnly(arn: string): Statement[] {
  const everything = { effect: 'Deny', principals: '*', actions: ['s3:*'], resources: [arn, `${arn}/*`] } as const;
  return [
    { ...everything, sid: 'TlsOnly', conditions: { Bool: { 'aws:SecureTransport': 'false' } } },
    { ...everything, sid: 'Tls12OrNewer', conditions: { NumericLessThan: { 's3:TlsVersion': '1.2' } } },
  ];
}
