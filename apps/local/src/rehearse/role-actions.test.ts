import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { githubRoleOf, readEnvironment } from '@centflow/infra';
import { expect, test } from 'vitest';
import { notAllowed } from './role-actions.ts';

const dev = readEnvironment('dev');

function policy(path: string, ...Statement: object[]) {
  return { '//': { metadata: { path } }, policy: JSON.stringify({ Statement }) };
}

test('what Terraform called is looked up in the policies of one role, inline and attached, and in the key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'centflow-roles-'));
  const write = (stack: string, resource: object) => {
    mkdirSync(join(folder, 'stacks', stack), { recursive: true });
    writeFileSync(join(folder, 'stacks', stack, 'cdk.tf.json'), JSON.stringify({ resource }));
  };
  write(`bootstrap-${dev.accountId}`, {
    aws_iam_role_policy: {
      a: policy('bootstrap/apply-dev/read', { Effect: 'Allow', Action: ['s3:GetObject', 's3:List*'] }),
      b: policy('bootstrap/apply-dev/limits', { Effect: 'Deny', Action: ['iam:CreateUser'] }),
      c: policy('bootstrap/plan-dev/read', { Effect: 'Allow', Action: ['sqs:GetQueueUrl'] }),
    },
    aws_iam_policy: { d: policy('bootstrap/apply-dev/queues', { Effect: 'Allow', Action: ['sqs:CreateQueue'] }) },
  });
  const [apply, plan] = (['apply', 'plan'] as const).map((may) => ({ AWS: [githubRoleOf(dev, may)] }));
  write('dev-store', {
    aws_kms_key: {
      key: policy(
        'store/key',
        { Effect: 'Allow', Principal: apply, Action: ['kms:PutKeyPolicy'] },
        { Effect: 'Allow', Principal: plan, Action: ['kms:DescribeKey'] },
      ),
    },
  });
  const allowed = ['s3:GetObject', 's3:ListBucket', 'SQS:CreateQueue', 'kms:PutKeyPolicy', 'sts:GetCallerIdentity'];
  const not = ['sqs:GetQueueUrl', 'iam:CreateUser', 's3:GetObjects', 'kms:DescribeKey', 'budgets:CreateBudget'];
  const refused = notAllowed([...allowed, ...not], folder, dev, 'apply');
  rmSync(folder, { recursive: true });
  expect(refused).toEqual(not);
});
