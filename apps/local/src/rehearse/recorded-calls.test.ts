import { readEnvironment } from '@centflow/infra';
import { expect, test } from 'vitest';
import { recordedCalls } from './recorded-calls.ts';

test('calls are recorded the same in each rehearsal, and those of the environment’s roles alone', () => {
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
    `load kms:Decrypt ${key('00000000-0000-4000-8000-000000000000')}`,
    `load s3:GetObject ${uploads}/raw/expenses/owner=ada/a.csv`,
  ]);
  expect(second).toEqual(first);
});
