import { CANARY_OWNER, deliveryBucketOf, namesOf, stateBucketOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { AreaOf } from './area.ts';

/**
 * What `bootstrap` keeps for whoever deploys: Terraform's state of the environment and the lock beside it, releases, reviewed
 * plans and the records of deployments. `bootstrap`'s own state is beyond reach.
 */
export const delivery: AreaOf = (environment) => {
  const { name } = environment;
  const { bucket, regional } = arns(environment);
  const states = bucket(stateBucketOf(environment));
  const kept = bucket(deliveryBucketOf(environment));
  // An account's environments share its releases.
  const [releases, blobs, deployments] = [`${kept}/releases/*`, `${kept}/blobs/*`, `${kept}/deployments/${name}/*`];
  return {
    name: 'delivery',
    types: [],
    read: [
      // Without it, an object that is not there is answered as if it were forbidden.
      { sid: 'FindStatesAndReleases', actions: ['s3:ListBucket'], resources: [states, kept] },
      {
        sid: 'ReadStatesAndReleases',
        actions: ['s3:GetObject'],
        resources: [`${states}/${name}/*`, releases, blobs, deployments],
      },
      {
        // A plan holds the lock too: what it read must not change under it.
        sid: 'HoldTheLock',
        actions: ['s3:PutObject', 's3:DeleteObject'],
        resources: [`${states}/${name}/*.tflock`],
      },
      {
        sid: 'KeepPlans',
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [`${kept}/plans/${name}/*`],
      },
      {
        // Whether all is well is asked by the beginning of the alarms' names, and CloudWatch takes that for all alarms.
        sid: 'FindAlarms',
        actions: ['cloudwatch:DescribeAlarms'],
        resources: [regional('cloudwatch', 'alarm:*')],
      },
    ],
    write: [
      { sid: 'WriteStates', actions: ['s3:PutObject'], resources: [`${states}/${name}/*.tfstate`] },
      {
        // A release never changes: only a request to put what is not there (`If-None-Match: *`) is let through.
        sid: 'AddReleases',
        actions: ['s3:PutObject'],
        resources: [releases],
        conditions: { Null: { 's3:if-none-match': 'false' } },
      },
      // A blob is called by the hash of what it holds, and whoever reads it compares.
      { sid: 'WriteBlobsAndRecords', actions: ['s3:PutObject'], resources: [blobs, deployments] },
      {
        // What they become is told by the function of the same name, which it may invoke as any of the environment's.
        sid: 'UploadTheCanary',
        actions: ['s3:PutObject', 's3:DeleteObject'],
        resources: [`${bucket(namesOf(environment).uploadsBucket)}/raw/*/owner=${CANARY_OWNER}/*`],
      },
    ],
  };
};
