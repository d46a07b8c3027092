import { CANARY_OWNER, deliveryBucketOf, namesOf, stateBucketOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { AreaOf } from './area.ts';

/**
 * Returns the rights that deployments need on objects in the buckets of `bootstrap`. These objects are the environment's Terraform
 * states with their locks, releases, reviewed plans and deployment records. Deployments cannot access the state of `bootstrap`.
 */
export const delivery: AreaOf = (environment) => {
  const { name } = environment;
  const { bucket, regional } = arns(environment);
  const states = bucket(stateBucketOf(environment));
  const deliveries = bucket(deliveryBucketOf(environment));
  // All environments of an account share its releases.
  const [releases, blobs, deployments] = [
    `${deliveries}/releases/*`,
    `${deliveries}/blobs/*`,
    `${deliveries}/deployments/${name}/*`,
  ];
  return {
    name: 'delivery',
    types: [],
    read: [
      // Without this right, S3 answers a request for a missing object with "access denied".
      { sid: 'FindStatesAndReleases', actions: ['s3:ListBucket'], resources: [states, deliveries] },
      {
        sid: 'ReadStatesAndReleases',
        actions: ['s3:GetObject'],
        resources: [`${states}/${name}/*`, releases, blobs, deployments],
      },
      {
        // A plan also locks the state, because nothing may change the state while the plan reads it.
        sid: 'HoldTheLock',
        actions: ['s3:PutObject', 's3:DeleteObject'],
        resources: [`${states}/${name}/*.tflock`],
      },
      {
        sid: 'KeepPlans',
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [`${deliveries}/plans/${name}/*`],
      },
      {
        // Deployments query alarms by a name prefix. For such a query, CloudWatch requires the right on all alarms.
        sid: 'FindAlarms',
        actions: ['cloudwatch:DescribeAlarms'],
        resources: [regional('cloudwatch', 'alarm:*')],
      },
    ],
    write: [
      { sid: 'WriteStates', actions: ['s3:PutObject'], resources: [`${states}/${name}/*.tfstate`] },
      {
        // A release never changes. S3 accepts only requests with `If-None-Match: *`, which create a new object.
        sid: 'AddReleases',
        actions: ['s3:PutObject'],
        resources: [releases],
        conditions: { Null: { 's3:if-none-match': 'false' } },
      },
      // The name of a blob is the hash of its content. Every reader compares the name with the content.
      { sid: 'WriteBlobsAndRecords', actions: ['s3:PutObject'], resources: [blobs, deployments] },
      {
        // The role uploads the canary's files. It may already invoke the canary's function, which reports the results.
        sid: 'UploadTheCanary',
        actions: ['s3:PutObject', 's3:DeleteObject'],
        resources: [`${bucket(namesOf(environment).uploadsBucket)}/raw/*/owner=${CANARY_OWNER}/*`],
      },
    ],
  };
};
