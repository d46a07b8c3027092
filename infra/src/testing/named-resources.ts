/** The ARNs of resources with names. GitHub's roles can reach a resource only if its ARN matches their policies. */
import type { Environment } from '../environment.ts';
import { arns } from '../policy/arns.ts';
import type { Resource } from './synthesised.ts';

interface Named {
  readonly arn: string;
  /** The action that creates the resource. */
  readonly makes: string;
  /** The action that reads the resource. Set only if the read request contains the name of the resource. */
  readonly reads?: string;
}

type NameOf = (text: (attribute: string) => string, arn: ReturnType<typeof arns>, environment: Environment) => Named;

/** Resource types whose ARN contains the name of the resource. */
const named: Readonly<Record<string, NameOf>> = {
  aws_budgets_budget: (text, { global }) => ({
    arn: global('budgets', `budget/${text('name')}`),
    makes: 'budgets:ModifyBudget',
    reads: 'budgets:ViewBudget',
  }),
  aws_cloudformation_stack: (text, { regional }) => ({
    arn: regional('cloudformation', `stack/${text('name')}/00000000-0000-4000-8000-000000000000`),
    makes: 'cloudformation:CreateStack',
    reads: 'cloudformation:DescribeStacks',
  }),
  aws_cloudfront_function: (text, { global }) => ({
    arn: global('cloudfront', `function/${text('name')}`),
    makes: 'cloudfront:CreateFunction',
    reads: 'cloudfront:DescribeFunction',
  }),
  aws_cloudwatch_dashboard: (text, { global }) => ({
    arn: global('cloudwatch', `dashboard/${text('dashboard_name')}`),
    makes: 'cloudwatch:PutDashboard',
    reads: 'cloudwatch:GetDashboard',
  }),
  aws_cloudwatch_event_rule: (text, { regional }) => ({
    arn: regional('events', `rule/${text('name')}`),
    makes: 'events:PutRule',
    reads: 'events:DescribeRule',
  }),
  aws_cloudwatch_log_group: (text, { regional }) => ({
    arn: regional('logs', `log-group:${text('name')}`),
    makes: 'logs:CreateLogGroup',
  }),
  aws_cloudwatch_metric_alarm: (text, { regional }) => ({
    arn: regional('cloudwatch', `alarm:${text('alarm_name')}`),
    makes: 'cloudwatch:PutMetricAlarm',
    reads: 'cloudwatch:ListTagsForResource',
  }),
  aws_db_instance: (text, { regional }) => ({
    arn: regional('rds', `db:${text('identifier')}`),
    makes: 'rds:CreateDBInstance',
    reads: 'rds:ListTagsForResource',
  }),
  aws_db_parameter_group: (text, { regional }) => ({
    arn: regional('rds', `pg:${text('name')}`),
    makes: 'rds:CreateDBParameterGroup',
    reads: 'rds:DescribeDBParameterGroups',
  }),
  aws_db_subnet_group: (text, { regional }) => ({
    arn: regional('rds', `subgrp:${text('name')}`),
    makes: 'rds:CreateDBSubnetGroup',
    reads: 'rds:DescribeDBSubnetGroups',
  }),
  aws_glue_catalog_database: (text, { regional }) => ({
    arn: regional('glue', `database/${text('name')}`),
    makes: 'glue:CreateDatabase',
    reads: 'glue:GetDatabase',
  }),
  aws_glue_connection: (text, { regional }) => ({
    arn: regional('glue', `connection/${text('name')}`),
    makes: 'glue:CreateConnection',
    reads: 'glue:GetConnection',
  }),
  aws_glue_crawler: (text, { regional }) => ({
    arn: regional('glue', `crawler/${text('name')}`),
    makes: 'glue:CreateCrawler',
    reads: 'glue:GetCrawler',
  }),
  aws_glue_job: (text, { regional }) => ({
    arn: regional('glue', `job/${text('name')}`),
    makes: 'glue:CreateJob',
    reads: 'glue:GetJob',
  }),
  aws_glue_trigger: (text, { regional }) => ({
    arn: regional('glue', `trigger/${text('name')}`),
    makes: 'glue:CreateTrigger',
    reads: 'glue:GetTrigger',
  }),
  aws_iam_role: (text, { global }) => ({
    arn: global('iam', `role/${text('name')}`),
    makes: 'iam:CreateRole',
    reads: 'iam:GetRole',
  }),
  aws_kms_alias: (text, { regional }) => ({ arn: regional('kms', text('name')), makes: 'kms:CreateAlias' }),
  aws_lambda_function: (text, { regional }) => ({
    arn: regional('lambda', `function:${text('function_name')}`),
    makes: 'lambda:CreateFunction',
    reads: 'lambda:GetFunction',
  }),
  aws_quicksight_analysis: (text, { regional }) => ({
    arn: regional('quicksight', `analysis/${text('analysis_id')}`),
    makes: 'quicksight:CreateAnalysis',
    reads: 'quicksight:DescribeAnalysis',
  }),
  aws_quicksight_dashboard: (text, { regional }) => ({
    arn: regional('quicksight', `dashboard/${text('dashboard_id')}`),
    makes: 'quicksight:CreateDashboard',
    reads: 'quicksight:DescribeDashboard',
  }),
  aws_quicksight_data_set: (text, { regional }) => ({
    arn: regional('quicksight', `dataset/${text('data_set_id')}`),
    makes: 'quicksight:CreateDataSet',
    reads: 'quicksight:DescribeDataSet',
  }),
  aws_quicksight_data_source: (text, { regional }) => ({
    arn: regional('quicksight', `datasource/${text('data_source_id')}`),
    makes: 'quicksight:CreateDataSource',
    reads: 'quicksight:DescribeDataSource',
  }),
  aws_quicksight_theme: (text, { regional }) => ({
    arn: regional('quicksight', `theme/${text('theme_id')}`),
    makes: 'quicksight:CreateTheme',
    reads: 'quicksight:DescribeTheme',
  }),
  aws_quicksight_vpc_connection: (text, { regional }) => ({
    arn: regional('quicksight', `vpcConnection/${text('vpc_connection_id')}`),
    makes: 'quicksight:CreateVPCConnection',
    reads: 'quicksight:DescribeVPCConnection',
  }),
  aws_s3_bucket: (text, { bucket }) => ({
    arn: bucket(text('bucket')),
    makes: 's3:CreateBucket',
    reads: 's3:ListBucket',
  }),
  aws_s3_object: (text, { bucket }) => ({
    arn: `${bucket(text('bucket'))}/${text('key')}`,
    makes: 's3:PutObject',
    reads: 's3:GetObject',
  }),
  aws_secretsmanager_secret: (text, { regional }) => ({
    arn: regional('secretsmanager', `secret:${text('name')}-abcdef`),
    makes: 'secretsmanager:CreateSecret',
    reads: 'secretsmanager:DescribeSecret',
  }),
  aws_sns_topic: (text, { regional }) => ({
    arn: regional('sns', text('name')),
    makes: 'sns:CreateTopic',
    reads: 'sns:GetTopicAttributes',
  }),
  aws_sqs_queue: (text, { regional }) => ({
    arn: regional('sqs', text('name')),
    makes: 'sqs:CreateQueue',
    reads: 'sqs:GetQueueAttributes',
  }),
  aws_wafv2_web_acl: (text, _arns, { accountId }) => ({
    arn: `arn:aws:wafv2:us-east-1:${accountId}:global/webacl/${text('name')}/00000000-0000-4000-8000-000000000000`,
    makes: 'wafv2:CreateWebACL',
    reads: 'wafv2:GetWebACL',
  }),
};

/** How IAM identifies a resource whose ARN does not contain its name, by resource type. */
export const namelessInIam: Readonly<Record<string, string>> = {
  aws_apigatewayv2_api: 'by an id',
  aws_apigatewayv2_authorizer: 'by an id',
  aws_apigatewayv2_stage: 'by its API',
  aws_cloudfront_origin_access_control: 'by an id',
  aws_cloudfront_response_headers_policy: 'by an id',
  aws_cloudfront_cache_policy: 'by an id',
  aws_cognito_user_group: 'by its pool',
  aws_cognito_user_pool: 'by an id',
  aws_cognito_user_pool_client: 'by its pool',
  aws_glue_catalog_table: 'by its database, on which the roles have all tables',
  aws_glue_security_configuration: 'IAM has no resource type for it',
  aws_iam_role_policy: 'by its role',
  aws_s3_bucket_cors_configuration: 'by its bucket',
  aws_s3_bucket_notification: 'by its bucket',
  aws_security_group: 'by an id',
};

/**
 * Returns the ARN and the actions of a resource, or undefined for a type without a name in its ARN.
 *
 * @param others the resources of the same stack, to resolve references to buckets
 */
export function namedInIam(
  { type, attributes }: Resource,
  environment: Environment,
  others: readonly Resource[],
): Named | undefined {
  const bucketOf = (id: string) => others.find((other) => other.type === 'aws_s3_bucket' && other.id === id);
  const text = (attribute: string) =>
    String(attributes[attribute]).replace(/\$\{aws_s3_bucket\.(\w+)\.(?:id|bucket)\}/g, (token, id) =>
      String(bucketOf(id)?.attributes.bucket ?? token),
    );
  return named[type]?.(text, arns(environment), environment);
}
