/** The calls that AWS's services make under their own identity. Only the policies of the resources can allow these calls. */
import type { Environment } from '../environment.ts';
import type { Call } from '../iam/evaluate.ts';
import type { Context } from '../iam/statement.ts';
import { logGroupsOf, namesOf } from '../names.ts';
import { arns } from '../policy/arns.ts';
import { distributionArn, keyArn } from './iam-of.ts';

export interface ServiceCall {
  /** A sentence that names the caller and the reason for the call. */
  readonly what: string;
  readonly caller: { readonly service: string } | { readonly role: string };
  readonly call: Call;
  /** The page of the AWS documentation that describes the call. */
  readonly source: string;
}

/** Returns the calls of services on the resources of an environment. */
export function serviceCallsOf(environment: Environment): ServiceCall[] {
  const { accountId, region, name } = environment;
  const { regional, global, bucket } = arns(environment);
  const { uploadsBucket, consoleBucket, queue, topic, reporterSecret } = namesOf(environment);
  const account = { 'aws:SourceAccount': accountId };
  const alarm = { ...account, 'aws:SourceArn': regional('cloudwatch', `alarm:${name}-load-job-failures`) };
  const budget = { ...account, 'aws:SourceArn': global('budgets', `budget/centflow-${name}`) };
  const uploads = { ...account, 'aws:SourceArn': bucket(uploadsBucket) };
  const by = (
    caller: ServiceCall['caller'],
    what: string,
    source: string,
    resource: string,
    context: Context,
    ...actions: string[]
  ): ServiceCall[] => actions.map((action) => ({ what, caller, call: { action, resource, context }, source }));
  const key = keyArn(environment);
  const publish = (service: string, context: Context, source: string) => [
    ...by({ service }, `${service} sends a notification`, source, regional('sns', topic), context, 'sns:Publish'),
    ...by(
      { service },
      `${service} encrypts a notification`,
      source,
      key,
      context,
      'kms:GenerateDataKey',
      'kms:Decrypt',
    ),
  ];
  const EVENTS = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html';
  return [
    ...by(
      { service: 's3.amazonaws.com' },
      'S3 sends events',
      EVENTS,
      regional('sqs', queue),
      uploads,
      'sqs:SendMessage',
    ),
    ...by(
      { service: 's3.amazonaws.com' },
      'S3 encrypts events',
      EVENTS,
      key,
      uploads,
      'kms:GenerateDataKey',
      'kms:Decrypt',
    ),
    ...publish('cloudwatch.amazonaws.com', alarm, 'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html'),
    ...publish(
      'budgets.amazonaws.com',
      budget,
      'https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html',
    ),
    ...publish(
      'events.amazonaws.com',
      {},
      'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html',
    ),
    ...logGroupsOf(environment).flatMap((group) =>
      by(
        { service: `logs.${region}.amazonaws.com` },
        'CloudWatch Logs encrypts lines',
        'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html',
        key,
        { 'kms:EncryptionContext:aws:logs:arn': regional('logs', `log-group:${group.replace('*', 'load')}`) },
        ...['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'DescribeKey'].map(
          (action) => `kms:${action}`,
        ),
      ),
    ),
    ...(environment.console === null
      ? []
      : by(
          { service: 'cloudfront.amazonaws.com' },
          'CloudFront reads the pages',
          'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html',
          `${bucket(consoleBucket)}/index.html`,
          { 'aws:SourceArn': distributionArn(environment) },
          's3:GetObject',
        )),
    ...(environment.report === null
      ? []
      : by(
          { role: global('iam', 'role/service-role/aws-quicksight-secretsmanager-role-v0') },
          'QuickSight reads the secret of the reporter',
          'https://docs.aws.amazon.com/quicksight/latest/user/secrets-manager-integration.html',
          key,
          {
            'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
            'kms:EncryptionContext:SecretARN': regional('secretsmanager', `secret:${reporterSecret}-abcdef`),
          },
          'kms:Decrypt',
        )),
  ];
}
