import { logGroupsOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { AreaOf } from './area.ts';

/** Returns the rights on log groups, which are part of the area `watch`. */
export const logs: AreaOf = (environment) => {
  const groups = logGroupsOf(environment).map((group) => arns(environment).regional('logs', `log-group:${group}`));
  return {
    name: 'logs',
    types: ['aws_cloudwatch_log_group'],
    read: [
      { sid: 'FindLogGroups', actions: ['logs:DescribeLogGroups'], resources: ['*'] },
      { sid: 'ReadLogGroupTags', actions: ['logs:ListTagsForResource'], resources: groups },
    ],
    write: [
      {
        sid: 'ChangeLogGroups',
        actions: [
          'logs:AssociateKmsKey',
          'logs:CreateLogGroup',
          'logs:DeleteLogGroup',
          'logs:DeleteRetentionPolicy',
          'logs:DisassociateKmsKey',
          'logs:PutRetentionPolicy',
          'logs:TagResource',
          'logs:UntagResource',
        ],
        resources: groups,
      },
    ],
  };
};
