import { readEnvironment } from '@centflow/infra';
import { expect, test } from 'vitest';
import { compareWithRecord, recordedCalls, recordedGithubCalls } from './recorded-calls.ts';

test('recordedCalls returns the same lines in each rehearsal, and only for the environment’s roles', () => {
  const dev = readEnvironment('dev');
  const key = (id: string) => `arn:aws:kms:eu-west-1:${dev.accountId}:key/${id}`;
  const uploads = `arn:aws:s3:::centflow-dev-uploads-${dev.accountId}`;
  const first = recordedCalls(
    [
      ['centflow-dev-load', 'kms:Decrypt', key('11111111-1111-4111-8111-111111111111')],
      ['centflow-dev-load', 's3:GetObject', `${uploads}/raw/incomes/owner=bob/b.csv`],
      ['centflow-bootstrap-dev-plan', 's3:ListBucket', uploads],
    ],
    dev,
  );
  const second = recordedCalls(
    [
      ['centflow-dev-load', 's3:GetObject', `${uploads}/raw/expenses/owner=eve/c.csv.gz`],
      ['centflow-dev-load', 's3:GetObject', `${uploads}/raw/expenses/owner=eve/d.csv`],
      ['centflow-dev-load', 'kms:Decrypt', key('22222222-2222-4222-8222-222222222222')],
    ],
    dev,
  );
  expect(first).toEqual([
    'load kms:Decrypt arn:aws:kms:{region}:{account}:key/00000000-0000-4000-8000-000000000000',
    'load s3:GetObject arn:aws:s3:::centflow-{environment}-uploads-{account}/raw/expenses/owner=ada/a.csv',
  ]);
  expect(second).toEqual(first);
});

test('recordedGithubCalls returns the same lines for each environment', () => {
  const lines = (['dev', 'production'] as const).map((name) => {
    const environment = readEnvironment(name);
    const Name = `centflow-${name}-load`;
    const tags = { 'Tags.Environment': name };
    const call = { action: 'glue:CreateJob', resource: '*', parameters: { Name, ...tags }, tags: {} };
    return recordedGithubCalls([call, call], environment, 'apply');
  });
  expect(lines[0]).toEqual([
    'github:apply glue:CreateJob arn:aws:glue:{region}:{account}:job/centflow-{environment}-load aws:RequestTag/Environment={environment}',
    'github:apply glue:TagResource arn:aws:glue:{region}:{account}:job/centflow-{environment}-load aws:RequestTag/Environment={environment}',
  ]);
  expect(lines[1]).toEqual(lines[0]);
});

test('compareWithRecord reports a call that the record lacks, with the command that adds it', () => {
  const unknown = 'load s3:GetObject arn:aws:s3:::somebody-else';
  expect(() => compareWithRecord([unknown], false, '--environment dev ')).toThrow(
    `Run \`npm run rehearse -- --environment dev --record\`, and commit what it writes:\n${unknown}`,
  );
});
