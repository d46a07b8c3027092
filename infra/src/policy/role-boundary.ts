import type { Environment } from '../environment.ts';
import { logGroupsOf, namesOf } from '../names.ts';
import { arns, gluesRuntime } from './arns.ts';
import type { Statement } from './policy-document.ts';

/**
 * Returns the permissions boundary of all roles of the environment: the sum of the rights in their own policies.
 *
 * The boundary grants nothing. The apply role creates the roles of the environment. The boundary stops it from creating
 * a role with more rights than the environment needs. If a role needs a new action, also add the action here, and apply
 * `bootstrap` first.
 */
export function roleBoundary(environment: Environment): Statement[] {
  const { prefix, uploadsBucket, artifactsBucket, queue, deadLetterQueue, job, catalogDatabase } = namesOf(environment);
  const { regional, bucket } = arns(environment);
  const logGroups = [...logGroupsOf(environment), 'RDSOSMetrics'].map((group) =>
    regional('logs', `log-group:${group}`),
  );
  return [
    {
      sid: 'Buckets',
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketVersions'],
      resources: [bucket(uploadsBucket), bucket(artifactsBucket)],
    },
    {
      sid: 'Objects',
      actions: [
        's3:AbortMultipartUpload',
        's3:DeleteObject',
        's3:GetObject',
        's3:GetObjectVersion',
        's3:ListMultipartUploadParts',
        's3:PutObject',
      ],
      resources: [uploadsBucket, artifactsBucket].map((name) => `${bucket(name)}/*`),
    },
    { sid: 'GluesRuntime', ...gluesRuntime },
    {
      sid: 'Queues',
      actions: [
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
        'sqs:StartMessageMoveTask',
      ],
      resources: [queue, deadLetterQueue].map((name) => regional('sqs', name)),
    },
    {
      sid: 'Job',
      actions: ['glue:GetJobRuns', 'glue:StartJobRun'],
      resources: [regional('glue', `job/${job}`)],
    },
    { sid: 'Alarms', actions: ['cloudwatch:DescribeAlarms'], resources: [regional('cloudwatch', 'alarm:*')] },
    {
      sid: 'Catalog',
      actions: [
        'glue:BatchCreatePartition',
        'glue:BatchGetPartition',
        'glue:BatchUpdatePartition',
        'glue:CreatePartition',
        'glue:GetConnection',
        'glue:GetDatabase',
        'glue:GetPartition',
        'glue:GetPartitions',
        'glue:GetTable',
        'glue:GetTables',
        'glue:UpdatePartition',
        'glue:UpdateTable',
      ],
      resources: [
        regional('glue', 'catalog'),
        regional('glue', `connection/${prefix}-*`),
        regional('glue', `database/${catalogDatabase}`),
        regional('glue', `table/${catalogDatabase}/*`),
      ],
    },
    {
      sid: 'Secrets',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [regional('secretsmanager', `secret:${prefix}/*`), regional('secretsmanager', 'secret:rds!db-*')],
    },
    {
      sid: 'NewPasswords',
      actions: ['secretsmanager:PutSecretValue'],
      resources: [regional('secretsmanager', `secret:${prefix}/*`)],
    },
    { sid: 'Key', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [regional('kms', 'key/*')] },
    {
      sid: 'Logs',
      actions: [
        'logs:AssociateKmsKey',
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:GetLogEvents',
        'logs:PutLogEvents',
        'logs:PutRetentionPolicy',
      ],
      resources: logGroups.flatMap((group) => [group, `${group}:*`]),
    },
    {
      sid: 'Interfaces',
      actions: ['ec2:CreateNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute'],
      resources: ['network-interface', 'subnet', 'security-group'].map((kind) => regional('ec2', `${kind}/*`)),
    },
    {
      // Services check these rights before an interface exists. The checks name no interface, so IAM evaluates `*/*`.
      sid: 'AnyInterface',
      actions: ['ec2:AssignPrivateIpAddresses', 'ec2:DeleteNetworkInterface', 'ec2:UnassignPrivateIpAddresses'],
      resources: [regional('ec2', '*/*')],
    },
    {
      // The right covers only interfaces. A role that could tag another environment's groups could take control of them.
      sid: 'OwnInterfaces',
      actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
      resources: [regional('ec2', 'network-interface/*')],
    },
    { sid: 'Vpc', actions: ['ec2:DescribeVpcAttribute'], resources: [regional('ec2', 'vpc/*')] },
    {
      sid: 'Network',
      actions: [
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeRouteTables',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcEndpoints',
      ],
      resources: ['*'],
    },
  ];
}
