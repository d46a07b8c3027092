import { namesOf } from '../../names.ts';
import { arns } from '../arns.ts';
import { type AreaOf, taggingAs } from './area.ts';

/** QuickSight, and the stack of CloudFormation's that makes its rules: with the rights of whoever applies. */
export const report: AreaOf = (environment) => {
  const { prefix } = namesOf(environment);
  const { of } = arns(environment);
  const kinds = ['vpcConnection', 'datasource', 'dataset', 'theme', 'dashboard', 'analysis'];
  const own = kinds.map((kind) => of('quicksight', `${kind}/${prefix}-*`));
  const rules = of('cloudformation', `stack/${prefix}-row-level-rules/*`);
  return {
    name: 'report',
    types: [
      'aws_cloudformation_stack',
      'aws_quicksight_analysis',
      'aws_quicksight_dashboard',
      'aws_quicksight_data_set',
      'aws_quicksight_data_source',
      'aws_quicksight_theme',
      'aws_quicksight_vpc_connection',
    ],
    read: [
      {
        sid: 'ReadReports',
        actions: [
          'quicksight:DescribeAnalysis',
          'quicksight:DescribeAnalysisPermissions',
          'quicksight:DescribeDashboard',
          'quicksight:DescribeDashboardPermissions',
          'quicksight:DescribeDataSet',
          'quicksight:DescribeDataSetPermissions',
          'quicksight:DescribeDataSetRefreshProperties',
          'quicksight:DescribeDataSource',
          'quicksight:DescribeDataSourcePermissions',
          'quicksight:DescribeTheme',
          'quicksight:DescribeThemePermissions',
          'quicksight:DescribeVPCConnection',
          'quicksight:ListTagsForResource',
        ],
        resources: own,
      },
      {
        sid: 'ReadRowLevelRules',
        actions: ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackEvents', 'cloudformation:GetTemplate'],
        resources: [rules],
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
          'quicksight:CreateAnalysis',
          'quicksight:CreateDashboard',
          'quicksight:CreateDataSet',
          'quicksight:CreateTheme',
          'quicksight:DeleteAnalysis',
          'quicksight:DeleteDashboard',
          'quicksight:DeleteDataSet',
          'quicksight:DeleteDataSource',
          'quicksight:DeleteTheme',
          'quicksight:DeleteVPCConnection',
          'quicksight:PassDataSet',
          'quicksight:PassDataSource',
          'quicksight:TagResource',
          'quicksight:UntagResource',
          'quicksight:UpdateAnalysis',
          'quicksight:UpdateAnalysisPermissions',
          'quicksight:UpdateDashboard',
          'quicksight:UpdateDashboardPermissions',
          'quicksight:UpdateDashboardPublishedVersion',
          'quicksight:UpdateDataSet',
          'quicksight:UpdateDataSetPermissions',
          'quicksight:UpdateDataSource',
          'quicksight:UpdateDataSourcePermissions',
          'quicksight:UpdateTheme',
          'quicksight:UpdateThemePermissions',
          'quicksight:UpdateVPCConnection',
        ],
        resources: own,
      },
      {
        sid: 'ChangeRowLevelRules',
        actions: ['cloudformation:CreateStack', 'cloudformation:DeleteStack', 'cloudformation:UpdateStack'],
        resources: [rules],
      },
    ],
  };
};
