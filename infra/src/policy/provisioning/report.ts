import { namesOf } from '../../names.ts';
import { arns } from '../arns.ts';
import { type AreaOf, taggingAs } from './area.ts';

/** QuickSight. */
export const report: AreaOf = (environment) => {
  const { prefix } = namesOf(environment);
  const own = ['vpcConnection', 'datasource', 'dataset'].map((kind) =>
    arns(environment).of('quicksight', `${kind}/${prefix}-*`),
  );
  return {
    name: 'report',
    types: ['aws_quicksight_vpc_connection', 'aws_quicksight_data_source', 'aws_quicksight_data_set'],
    read: [
      {
        sid: 'ReadReports',
        actions: [
          'quicksight:DescribeDataSet',
          'quicksight:DescribeDataSetPermissions',
          'quicksight:DescribeDataSetRefreshProperties',
          'quicksight:DescribeDataSource',
          'quicksight:DescribeDataSourcePermissions',
          'quicksight:DescribeVPCConnection',
          'quicksight:ListTagsForResource',
        ],
        resources: own,
      },
    ],
    write: [
      {
        sid: 'CreateReports',
        actions: ['quicksight:CreateDataSource', 'quicksight:CreateVPCConnection'],
        resources: ['*'],
        conditions: taggingAs(environment),
      },
      {
        sid: 'ChangeReports',
        actions: [
          'quicksight:CreateDataSet',
          'quicksight:DeleteDataSet',
          'quicksight:DeleteDataSource',
          'quicksight:DeleteVPCConnection',
          'quicksight:PassDataSet',
          'quicksight:PassDataSource',
          'quicksight:TagResource',
          'quicksight:UntagResource',
          'quicksight:UpdateDataSet',
          'quicksight:UpdateDataSetPermissions',
          'quicksight:UpdateDataSource',
          'quicksight:UpdateDataSourcePermissions',
          'quicksight:UpdateVPCConnection',
        ],
        resources: own,
      },
    ],
  };
};
