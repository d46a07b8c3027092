import { namesOf, roleBoundaryOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { AreaOf } from './area.ts';

/** The services that assume the roles of the environment. */
const services = [
  'glue.amazonaws.com',
  'lambda.amazonaws.com',
  'monitoring.rds.amazonaws.com',
  'quicksight.amazonaws.com',
  // AWS may name RDS as the service when the role for enhanced monitoring is passed. The name is not documented, and a
  // condition on `monitoring.rds.amazonaws.com` alone has blocked the call:
  // https://github.com/mitodl/ol-infrastructure/pull/5874
  'rds.amazonaws.com',
  'vpc-flow-logs.amazonaws.com',
];

/**
 * Returns the rights on the environment's roles. These rights apply only to roles that have the boundary. Otherwise the
 * apply role could create a role with any right.
 */
export const roles: AreaOf = (environment) => {
  const own = [arns(environment).global('iam', `role/${namesOf(environment).prefix}-*`)];
  return {
    name: 'roles',
    types: ['aws_iam_role', 'aws_iam_role_policy'],
    read: [
      {
        sid: 'ReadRoles',
        actions: [
          'iam:GetRole',
          'iam:GetRolePolicy',
          'iam:ListAttachedRolePolicies',
          'iam:ListInstanceProfilesForRole',
          'iam:ListRolePolicies',
        ],
        resources: own,
      },
    ],
    write: [
      {
        sid: 'ChangeBoundedRoles',
        actions: [
          'iam:CreateRole',
          'iam:DeleteRolePolicy',
          'iam:PutRolePermissionsBoundary',
          'iam:PutRolePolicy',
          'iam:UpdateAssumeRolePolicy',
        ],
        resources: own,
        conditions: { ArnEquals: { 'iam:PermissionsBoundary': roleBoundaryOf(environment) } },
      },
      {
        sid: 'ChangeRoles',
        actions: ['iam:DeleteRole', 'iam:TagRole', 'iam:UntagRole', 'iam:UpdateRole'],
        resources: own,
      },
      {
        sid: 'HandRolesOver',
        actions: ['iam:PassRole'],
        resources: own,
        conditions: { StringEquals: { 'iam:PassedToService': services } },
      },
    ],
  };
};
