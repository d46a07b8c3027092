import type { Environment } from '../../environment.ts';
import { CANARY_OWNER, deliveryBucketOf, namesOf, stateBucketOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { Statement } from '../policy-document.ts';

/** What neither of GitHub's roles may ever do, whatever else some policy allows. */
export function limits(environment: Environment): Statement[] {
  const { global, bucket } = arns(environment);
  const uploads = bucket(namesOf(environment).uploadsBucket);
  const kept = [stateBucketOf, deliveryBucketOf].map((name) => bucket(name(environment)));
  return [
    {
      sid: 'NobodysMoney',
      effect: 'Deny',
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${uploads}/*`],
    },
    {
      // The owner is the folder right under the feed's: a canary's folder in another owner's would be that owner's money.
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
      // Who could change these could let itself do anything.
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
      resources: kept.flatMap((arn) => [arn, `${arn}/*`]),
    },
  ];
}
