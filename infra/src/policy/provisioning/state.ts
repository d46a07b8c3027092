import { stateBucketOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { AreaOf } from './area.ts';

/** Terraform's state of the environment, and the lock beside it. `bootstrap`'s own state is beyond reach. */
export const state: AreaOf = (environment) => {
  const bucket = arns(environment).bucket(stateBucketOf(environment));
  return {
    name: 'state',
    types: [],
    read: [
      { sid: 'FindStates', actions: ['s3:ListBucket'], resources: [bucket] },
      { sid: 'ReadStates', actions: ['s3:GetObject'], resources: [`${bucket}/${environment.name}/*`] },
      {
        // A plan holds the lock too: what it read must not change under it.
        sid: 'HoldTheLock',
        actions: ['s3:PutObject', 's3:DeleteObject'],
        resources: [`${bucket}/${environment.name}/*.tflock`],
      },
    ],
    write: [{ sid: 'WriteStates', actions: ['s3:PutObject'], resources: [`${bucket}/${environment.name}/*.tfstate`] }],
  };
};
