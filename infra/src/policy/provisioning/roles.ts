import { namesOf, roleBoundaryOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { AreaOf } from './area.ts';

/** The services that roles of the environment are for. */
const services = [
  'glue.amazonaws.com',
  'lambda.amazonaws.com',
  'monitoring.rds.amazonaws.com',
  'quicksight.amazonaws.com',
  // RDS itself may be whom AWS names where the role of its measurements is handed over. AWS documents no name, and a condition on
  // `monitoring.rds.amazonaws.com` alone has refused it: https://github.com/mitodl/ol-infrastructure/pull/5874
  'rds.amazonaws.com',
  'vpc-flow-logs.amazonaws.com',
];

/** Roles of the environment, each within its boundary: whoever makes roles could otherwise make one that may do anything. */
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
