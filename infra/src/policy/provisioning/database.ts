import { namesOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { AreaOf } from './area.ts';

/** Returns the rights on RDS and on the administrator's secret, which RDS creates with the rights of the caller. */
export const database: AreaOf = (environment) => {
  const { prefix } = namesOf(environment);
  const { regional, global } = arns(environment);
  const own = ['db', 'pg', 'subgrp', 'snapshot'].map((kind) => regional('rds', `${kind}:${prefix}-*`));
  return {
    name: 'database',
    types: ['aws_db_instance', 'aws_db_parameter_group', 'aws_db_subnet_group'],
    read: [
      {
        // The provider finds an instance by its resource id, which is not part of the ARN.
        sid: 'FindDatabase',
        actions: ['rds:DescribeDBInstances'],
        resources: [regional('rds', 'db:*')],
      },
      {
        sid: 'ReadDatabase',
        actions: [
          'rds:DescribeDBParameterGroups',
          'rds:DescribeDBParameters',
          'rds:DescribeDBSubnetGroups',
          'rds:ListTagsForResource',
        ],
        resources: own,
      },
    ],
    write: [
      {
        sid: 'ChangeDatabase',
        actions: [
          'rds:AddTagsToResource',
          'rds:CreateDBInstance',
          'rds:CreateDBParameterGroup',
          'rds:CreateDBSnapshot',
          'rds:CreateDBSubnetGroup',
          'rds:DeleteDBInstance',
          'rds:DeleteDBParameterGroup',
          'rds:DeleteDBSubnetGroup',
          'rds:ModifyDBInstance',
          'rds:ModifyDBParameterGroup',
          'rds:ModifyDBSubnetGroup',
          'rds:RebootDBInstance',
          'rds:RemoveTagsFromResource',
          'rds:ResetDBParameterGroup',
        ],
        // Every instance uses an option group. The default group belongs to RDS.
        resources: [...own, regional('rds', 'og:default:mysql-8-4')],
      },
      {
        sid: 'MakeAdministratorsSecret',
        actions: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
        resources: [regional('secretsmanager', 'secret:rds!db-*')],
      },
      {
        // The first database of an account creates RDS's service-linked role.
        sid: 'LetRdsWork',
        actions: ['iam:CreateServiceLinkedRole'],
        resources: [global('iam', 'role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS')],
        conditions: { StringEquals: { 'iam:AWSServiceName': 'rds.amazonaws.com' } },
      },
    ],
  };
};
