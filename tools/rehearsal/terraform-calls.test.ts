import { readEnvironment } from '@centflow/infra';
import { expect, test } from 'vitest';
import { callsOnAws, type EmulatorCall } from './terraform-calls.ts';

const dev = readEnvironment('dev');
const of = (service: string, resource: string) => `arn:aws:${service}:${dev.region}:${dev.accountId}:${resource}`;
const tag = { 'aws:RequestTag/Environment': 'dev' };
const tagged = { 'aws:ResourceTag/Environment': 'dev' };

function asked(action: string, parameters: EmulatorCall['parameters'], more: Partial<EmulatorCall> = {}) {
  return callsOnAws({ action, resource: '*', parameters, tags: {}, ...more }, dev);
}

test('EC2 is asked about what a request names, what it makes, and the tags of that', () => {
  const parameters = {
    VpcId: 'vpc-19b6316a97c7531b5',
    'TagSpecification.1.ResourceType': 'subnet',
    'TagSpecification.1.Tag.1.Key': 'Environment',
    'TagSpecification.1.Tag.1.Value': 'dev',
  };
  const tags = { 'vpc-19b6316a97c7531b5': { Environment: 'dev' } };
  expect(asked('ec2:CreateSubnet', parameters, { tags })).toEqual([
    { action: 'ec2:CreateSubnet', resource: of('ec2', 'vpc/vpc-19b6316a97c7531b5'), context: tagged },
    { action: 'ec2:CreateSubnet', resource: of('ec2', 'subnet/*'), context: tag },
    {
      action: 'ec2:CreateTags',
      resource: of('ec2', 'subnet/*'),
      context: { ...tag, 'ec2:CreateAction': 'CreateSubnet' },
    },
  ]);
});

test('a thing of EC2’s that has no tag yet is asked about without one', () => {
  const parameters = { 'ResourceId.1': 'sg-0ad16d52a69b7171f', 'Tag.1.Key': 'Environment', 'Tag.1.Value': 'dev' };
  expect(asked('ec2:CreateTags', parameters)).toEqual([
    { action: 'ec2:CreateTags', resource: of('ec2', 'security-group/sg-0ad16d52a69b7171f'), context: tag },
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
])('the tag of %s is found, and the right to tag is asked for', (action, parameters) => {
  const calls = asked(action, parameters);
  expect(calls).toHaveLength(2);
  for (const { context } of calls) expect(context).toEqual(tag);
  expect(calls[1]?.action).toMatch(/:TagResource$/);
});

test('a variable called Environment is no tag', () => {
  const calls = asked('lambda:UpdateFunctionConfiguration', { 'Environment.Variables.ENVIRONMENT': 'production' });
  expect(calls.map(({ context }) => context)).toEqual([tagged]);
});

test('a table of the Data Catalog is asked about with its database and the catalog', () => {
  const calls = asked('glue:GetTable', { DatabaseName: 'centflow_dev', Name: 'expenses' });
  expect(calls.map(({ resource }) => resource)).toEqual([
    of('glue', 'catalog'),
    of('glue', 'database/centflow_dev'),
    of('glue', 'table/centflow_dev/expenses'),
  ]);
});

test('who makes a job hands its role over to Glue', () => {
  const role = `arn:aws:iam::${dev.accountId}:role/centflow-dev-load`;
  expect(asked('glue:CreateJob', { Name: 'centflow-dev-load', Role: role })).toContainEqual({
    action: 'iam:PassRole',
    resource: role,
    context: { 'iam:PassedToService': 'glue.amazonaws.com' },
  });
});

test('who makes a database hands the role of its measurements over to RDS, under either name', () => {
  const role = `arn:aws:iam::${dev.accountId}:role/centflow-dev-database-monitoring`;
  const parameters = {
    ...{ DBInstanceIdentifier: 'centflow-dev-database', MonitoringRoleArn: role },
    ...{ DBParameterGroupName: 'centflow-dev-mysql84', DBSubnetGroupName: 'centflow-dev-private' },
  };
  const passed = asked('rds:CreateDBInstance', parameters).filter(({ action }) => action === 'iam:PassRole');
  expect(passed.map(({ context }) => context['iam:PassedToService'])).toEqual([
    'monitoring.rds.amazonaws.com',
    'rds.amazonaws.com',
  ]);
});

test('an artefact that is put is encrypted with the key, by S3', () => {
  const resource = `arn:aws:s3:::centflow-dev-artifacts-${dev.accountId}/job-0.py`;
  const rights = asked('s3:PutObject', { 'header.x-amz-tagging': 'Environment=dev' }, { resource });
  expect(rights.map(({ action }) => action)).toEqual([
    's3:PutObject',
    'kms:GenerateDataKey',
    'kms:Decrypt',
    's3:PutObjectTagging',
  ]);
});

test('a request that the emulator has no name for is told by its method and path', () => {
  const path = '/2015-03-31/event-source-mappings/1';
  const rights = ['GET', 'DELETE'].map((method) => asked('lambda:', { method, path }));
  expect(rights.flat().map(({ action, resource }) => [action, resource])).toEqual([
    ['lambda:GetEventSourceMapping', of('lambda', 'event-source-mapping:1')],
    ['lambda:DeleteEventSourceMapping', of('lambda', 'event-source-mapping:1')],
  ]);
  expect(() => asked('lambda:', { method: 'PATCH', path })).toThrow(/knows no action for lambda: PATCH/);
});

test('alarms are asked about by their name where there is one', () => {
  const all = of('cloudwatch', 'alarm:*');
  const resources = [{}, { 'AlarmNames.member.1': 'dev-a' }].map((parameters) =>
    asked('cloudwatch:DescribeAlarms', parameters, { resource: all }).map(({ resource }) => resource),
  );
  expect(resources).toEqual([[all], [of('cloudwatch', 'alarm:dev-a')]]);
});

test('a request that lacks what names its resource is an error and no guess', () => {
  expect(() => asked('glue:GetTable', { Name: 'expenses' })).toThrow(/glue:GetTable has no DatabaseName/);
});
