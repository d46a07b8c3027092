import { readEnvironment } from '@centflow/infra';
import { expect, test } from 'vitest';
import { callsOnAws, type EmulatorCall } from './terraform-calls.ts';

const dev = readEnvironment('dev');
const arn = (service: string, resource: string) => `arn:aws:${service}:${dev.region}:${dev.accountId}:${resource}`;
const tag = { 'aws:RequestTag/Environment': 'dev' };
const tagged = { 'aws:ResourceTag/Environment': 'dev' };

function callsFor(action: string, parameters: EmulatorCall['parameters'], more: Partial<EmulatorCall> = {}) {
  return callsOnAws({ action, resource: '*', parameters, tags: {}, ...more }, dev);
}

test('callsOnAws checks the EC2 resources that a request names, and the created resource with its tags', () => {
  const parameters = {
    VpcId: 'vpc-19b6316a97c7531b5',
    'TagSpecification.1.ResourceType': 'subnet',
    'TagSpecification.1.Tag.1.Key': 'Environment',
    'TagSpecification.1.Tag.1.Value': 'dev',
  };
  const tags = { 'vpc-19b6316a97c7531b5': { Environment: 'dev' } };
  expect(callsFor('ec2:CreateSubnet', parameters, { tags })).toEqual([
    { action: 'ec2:CreateSubnet', resource: arn('ec2', 'vpc/vpc-19b6316a97c7531b5'), context: tagged },
    { action: 'ec2:CreateSubnet', resource: arn('ec2', 'subnet/*'), context: tag },
    {
      action: 'ec2:CreateTags',
      resource: arn('ec2', 'subnet/*'),
      context: { ...tag, 'ec2:CreateAction': 'CreateSubnet' },
    },
  ]);
});

test('callsOnAws adds no resource tags to the check of an EC2 resource without tags', () => {
  const parameters = { 'ResourceId.1': 'sg-0ad16d52a69b7171f', 'Tag.1.Key': 'Environment', 'Tag.1.Value': 'dev' };
  expect(callsFor('ec2:CreateTags', parameters)).toEqual([
    { action: 'ec2:CreateTags', resource: arn('ec2', 'security-group/sg-0ad16d52a69b7171f'), context: tag },
  ]);
});

test.each([
  [
    'budgets:CreateBudget',
    { 'Budget.BudgetName': 'a', 'ResourceTags.1.Key': 'Environment', 'ResourceTags.1.Value': 'dev' },
  ],
  ['kms:CreateKey', { 'Tags.1.TagKey': 'Environment', 'Tags.1.TagValue': 'dev' }],
  ['cognito-idp:CreateUserPool', { 'UserPoolTags.Environment': 'dev' }],
  ['cloudfront:CreateDistributionWithTags', { 'Tags.Items.2.Tag.Key': 'Environment', 'Tags.Items.2.Tag.Value': 'dev' }],
  ['sns:CreateTopic', { 'Tags.member.4.Key': 'Environment', 'Tags.member.4.Value': 'dev' }],
])('callsOnAws finds the tag in a request for %s, and checks the right to tag', (action, parameters) => {
  const calls = callsFor(action, parameters);
  expect(calls).toHaveLength(2);
  for (const { context } of calls) expect(context).toEqual(tag);
  expect(calls[1]?.action).toMatch(/:TagResource$/);
});

test('callsOnAws does not mistake a variable named Environment for a tag', () => {
  const calls = callsFor('lambda:UpdateFunctionConfiguration', { 'Environment.Variables.ENVIRONMENT': 'production' });
  expect(calls.map(({ context }) => context)).toEqual([tagged]);
});

test('callsOnAws checks a Data Catalog table together with its database and the catalog', () => {
  const calls = callsFor('glue:GetTable', { DatabaseName: 'centflow_dev', Name: 'expenses' });
  expect(calls.map(({ resource }) => resource)).toEqual([
    arn('glue', 'catalog'),
    arn('glue', 'database/centflow_dev'),
    arn('glue', 'table/centflow_dev/expenses'),
  ]);
});

test('callsOnAws checks that the creator of a job may pass its role to Glue', () => {
  const role = `arn:aws:iam::${dev.accountId}:role/centflow-dev-load`;
  expect(callsFor('glue:CreateJob', { Name: 'centflow-dev-load', Role: role })).toContainEqual({
    action: 'iam:PassRole',
    resource: role,
    context: { 'iam:PassedToService': 'glue.amazonaws.com' },
  });
});

test('callsOnAws checks that the creator of a database may pass its monitoring role to RDS, under both service names', () => {
  const role = `arn:aws:iam::${dev.accountId}:role/centflow-dev-database-monitoring`;
  const parameters = {
    ...{ DBInstanceIdentifier: 'centflow-dev-database', MonitoringRoleArn: role },
    ...{ DBParameterGroupName: 'centflow-dev-mysql84', DBSubnetGroupName: 'centflow-dev-private' },
  };
  const passed = callsFor('rds:CreateDBInstance', parameters).filter(({ action }) => action === 'iam:PassRole');
  expect(passed.map(({ context }) => context['iam:PassedToService'])).toEqual([
    'monitoring.rds.amazonaws.com',
    'rds.amazonaws.com',
  ]);
});

test('callsOnAws checks the right to use the KMS key when S3 encrypts an artifact', () => {
  const resource = `arn:aws:s3:::centflow-dev-artifacts-${dev.accountId}/job-0.py`;
  const rights = callsFor('s3:PutObject', { 'header.x-amz-tagging': 'Environment=dev' }, { resource });
  expect(rights.map(({ action }) => action)).toEqual([
    's3:PutObject',
    'kms:GenerateDataKey',
    'kms:Decrypt',
    's3:PutObjectTagging',
  ]);
});

test('callsOnAws derives the action from the method and the path if the request names no action', () => {
  const path = '/2015-03-31/event-source-mappings/1';
  const rights = ['GET', 'DELETE'].map((method) => callsFor('lambda:', { method, path }));
  expect(rights.flat().map(({ action, resource }) => [action, resource])).toEqual([
    ['lambda:GetEventSourceMapping', arn('lambda', 'event-source-mapping:1')],
    ['lambda:DeleteEventSourceMapping', arn('lambda', 'event-source-mapping:1')],
  ]);
  expect(() => callsFor('lambda:', { method: 'PATCH', path })).toThrow(/reports no known action for lambda: PATCH/);
});

test('callsOnAws checks an alarm by the name in the request, if the request contains a name', () => {
  const all = arn('cloudwatch', 'alarm:*');
  const resources = [{}, { 'AlarmNames.member.1': 'dev-a' }].map((parameters) =>
    callsFor('cloudwatch:DescribeAlarms', parameters, { resource: all }).map(({ resource }) => resource),
  );
  expect(resources).toEqual([[all], [arn('cloudwatch', 'alarm:dev-a')]]);
});

test('callsOnAws rejects a request without the value that names its resource', () => {
  expect(() => callsFor('glue:GetTable', { Name: 'expenses' })).toThrow(/glue:GetTable contains no DatabaseName/);
});
