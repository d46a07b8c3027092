import { expect, test } from 'vitest';
import { findLeftovers } from './leftovers.ts';

test('findLeftovers returns the new resources, except for those that are expected to remain', () => {
  const before = { 's3._buckets': ['old'] };
  const after = {
    's3._buckets': ['old', 'centflow-dev-uploads'],
    'iam._roles': ['centflow-dev-trigger'],
    'kms._keys': ['eu-west-1/1'],
    'cognito._challenge_sessions': ['z5lukhcfxD5xx+60r3tLpWF7zr2W+lU+2DTAAsLorlY='],
    'ec2._vpcs': ['eu-west-1/vpc-00000001', 'eu-west-1/vpc-3d4df075fecb5c2ee'],
  };
  expect(findLeftovers(before, after)).toEqual([
    's3._buckets: centflow-dev-uploads',
    'iam._roles: centflow-dev-trigger',
    'ec2._vpcs: eu-west-1/vpc-3d4df075fecb5c2ee',
  ]);
});
