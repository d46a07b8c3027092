import type { Environment } from '../../environment.ts';
import { CANARY_OWNER, deliveryBucketOf, namesOf, stateBucketOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { Statement } from '../policy-document.ts';

/** Returns the statements that deny actions to both of GitHub's roles. The statements override every other policy. */
export function limits(environment: Environment): Statement[] {
  const { global, bucket } = arns(environment);
  const uploads = bucket(namesOf(environment).uploadsBucket);
  const bootstrapBuckets = [stateBucketOf, deliveryBucketOf].map((name) => bucket(name(environment)));
  return [
    {
      sid: 'NobodysMoney',
      effect: 'Deny',
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${uploads}/*`],
    },
    {
      // The owner is the folder directly below the feed. A canary's folder below another owner's folder would belong to that owner.
      sid: 'NotInAnotherOwnersFolder',
      effect: 'Deny',
      actions: ['s3:PutObject'],
      resources: [`${uploads}/raw/*/*/owner=${CANARY_OWNER}/*`],
    },
    {
      sid: 'NoPassword',
      effect: 'Deny',
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'],
      resources: ['*'],
    },
    {
      // A role that could change these resources could grant any right to itself.
      sid: 'NotItsOwnRights',
      effect: 'Deny',
      actions: ['iam:*'],
      resources: [
        global('iam', 'role/centflow-bootstrap-*'),
        global('iam', 'policy/centflow-bootstrap-*'),
        global('iam', 'oidc-provider/*'),
      ],
    },
    {
      sid: 'NotTheBucketsOfBootstrap',
      effect: 'Deny',
      actions: [
        's3:DeleteBucket',
        's3:DeleteBucketPolicy',
        's3:DeleteObjectVersion',
        's3:PutBucketAcl',
        's3:PutBucketPolicy',
        's3:PutBucketPublicAccessBlock',
        's3:PutBucketVersioning',
        's3:PutEncryptionConfiguration',
        's3:PutLifecycleConfiguration',
      ],
      resources: bootstrapBuckets.flatMap((arn) => [arn, `${arn}/*`]),
    },
  ];
}
