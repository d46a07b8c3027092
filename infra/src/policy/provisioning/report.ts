import { namesOf } from '../../names.ts';
import { arns } from '../arns.ts';
import { type AreaOf, taggingAs } from './area.ts';

/** Returns the rights on QuickSight and on the CloudFormation stacks. The stacks create data sets with the rights of the caller. */
export const report: AreaOf = (environment) => {
  const { prefix } = namesOf(environment);
  const { regional } = arns(environment);
  const kinds = ['vpcConnection', 'datasource', 'dataset', 'theme', 'dashboard', 'analysis'];
  const own = kinds.map((kind) => regional('quicksight', `${kind}/${prefix}-*`));
  // CloudFormation's handlers also use the rights of the caller to read a data set's ingestions and refresh properties.
  // `aws cloudformation describe-type --type RESOURCE --type-name AWS::QuickSight::DataSet` lists the handlers.
  const ingestions = [regional('quicksight', `dataset/${prefix}-*/ingestion/*`)];
  const stacks = [regional('cloudformation', `stack/${prefix}-*/*`)];
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
          'quicksight:DescribeAnalysisDefinition',
          'quicksight:DescribeAnalysisPermissions',
          'quicksight:DescribeDashboard',
          'quicksight:DescribeDashboardDefinition',
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
        sid: 'ReadStacksOfDataSets',
        actions: ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackEvents', 'cloudformation:GetTemplate'],
        resources: stacks,
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
          'quicksight:DeleteDataSetRefreshProperties',
          'quicksight:DeleteDataSource',
          'quicksight:DeleteTheme',
          'quicksight:DeleteVPCConnection',
          'quicksight:PassDataSet',
          'quicksight:PassDataSource',
          'quicksight:PutDataSetRefreshProperties',
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
        sid: 'ChangeIngestions',
        actions: ['quicksight:CancelIngestion', 'quicksight:DescribeIngestion'],
        resources: ingestions,
      },
      { sid: 'FindIngestions', actions: ['quicksight:ListIngestions'], resources: ['*'] },
      {
        sid: 'ChangeStacksOfDataSets',
        actions: ['cloudformation:CreateStack', 'cloudformation:DeleteStack', 'cloudformation:UpdateStack'],
        resources: stacks,
      },
    ],
  };
};
