import type { Plan, ResourceChange } from '@centflow/terraform';
import { expect, test } from 'vitest';
import { judgePlan } from '../review/index.ts';
import { reportOf } from './report.ts';

const alarm: ResourceChange = {
  address: 'aws_cloudwatch_metric_alarm.age',
  mode: 'managed',
  type: 'aws_cloudwatch_metric_alarm',
  name: 'age',
  change: { actions: ['create'], before: null, after: { alarm_name: 'dev-load-age' }, after_unknown: {} },
};
const database: ResourceChange = {
  address: 'aws_db_instance.it',
  mode: 'managed',
  type: 'aws_db_instance',
  name: 'it',
  change: {
    actions: ['delete'],
    before: { instance_class: 'db.t4g.micro', allocated_storage: 20, password: 'hunter2' },
    after: null,
    after_unknown: {},
  },
};

const planOf = (...resource_changes: ResourceChange[]): Plan => ({ errored: false, resource_changes });

function stack(name: string, plan: Plan, sha256?: string) {
  return {
    stack: name,
    plan,
    sha256,
    judgement: judgePlan(plan, { stack: name, accountId: '111122223333', exemptions: [] }),
  };
}

test('the report shows created resources, their costs, and the hashes of stored plans', () => {
  const report = reportOf('dev', [stack('dev-watch', planOf(alarm), 'ab'.repeat(32))], [], 12);
  expect(report).toMatch(/^## dev\n/);
  expect(report).toContain('**1 created**');
  expect(report).toContain('+0.10 USD a month: `aws_cloudwatch_metric_alarm.age` +0.10');
  expect(report).toContain('ab'.repeat(32));
  expect(report).not.toContain('Refused');
});

test('the report lists refused changes first, with the exemption that would allow them', () => {
  const report = reportOf('dev', [stack('dev-store', planOf(database))], [], 12);
  expect(report).toMatch(
    /^## dev\n\n\*\*Refused by the plan policy\*\*\n\n- `dev-store: aws_db_instance\.it destroys the database\./,
  );
  expect(report).toContain(
    '{"pullRequest":12,"stack":"dev-store","rule":"destroys-data","address":"aws_db_instance.it","reason":"…"}',
  );
  expect(report).toContain('−14.95 USD a month');
  expect(report).not.toContain('hunter2');
});

test('the report lists stacks that could not be planned, and omits costs if there are none', () => {
  const report = reportOf(
    'staging',
    [stack('staging-store', planOf())],
    [{ stack: 'staging-load', problem: 'needs it' }],
  );
  expect(report).toContain('- `staging-load: needs it`');
  expect(report).not.toContain('Costs');
});
