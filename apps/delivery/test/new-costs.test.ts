import type { Action, Plan, ResourceChange } from '@centflow/terraform';
import { expect, test } from 'vitest';
import { newCosts } from '../src/review/index.ts';

type Values = Readonly<Record<string, unknown>>;

function change(actions: Action[], type: string, before: Values | null, after: Values | null): ResourceChange {
  return {
    address: `${type}.it`,
    mode: 'managed',
    type,
    name: 'it',
    change: { actions, before, after, after_unknown: {} },
  };
}
const planOf = (...resource_changes: ResourceChange[]): Plan => ({ errored: false, resource_changes });
const micro = { instance_class: 'db.t4g.micro', multi_az: false, allocated_storage: 20 };

test('the cost of a database includes hours and storage, and doubles for two zones', () => {
  const [one] = newCosts(planOf(change(['create'], 'aws_db_instance', null, micro))).of;
  expect(one?.usd).toBeCloseTo(0.017 * 730 + 20 * 0.127, 5);
  const toTwo = newCosts(planOf(change(['update'], 'aws_db_instance', micro, { ...micro, multi_az: true })));
  expect(toTwo.usd).toBeCloseTo(one?.usd ?? 0, 5);
});

test('the cost of an alarm on a metric expression counts each metric', () => {
  const metric_query = [{ expression: 'a/b' }, { metric: [{}] }, { metric: [{}] }];
  expect(newCosts(planOf(change(['create'], 'aws_cloudwatch_metric_alarm', null, { metric_query }))).usd).toBeCloseTo(
    0.2,
  );
});

test('the cost of a web ACL includes each of its rules', () => {
  const acl = { rule: [{ name: 'rate' }, { name: 'common' }] };
  expect(newCosts(planOf(change(['create'], 'aws_wafv2_web_acl', null, acl))).usd).toBe(7);
});

test('a destroyed resource reduces the cost, and an identical replacement does not change it', () => {
  expect(newCosts(planOf(change(['delete'], 'aws_kms_key', {}, null))).usd).toBe(-1);
  expect(newCosts(planOf(change(['delete', 'create'], 'aws_kms_key', {}, {}))).of).toEqual([]);
});

test('resources that are billed by use are listed without an amount', () => {
  const { usd, byUse } = newCosts(planOf(change(['create'], 'aws_sqs_queue', null, {})));
  expect([usd, byUse]).toEqual([0, ['aws_sqs_queue']]);
});

test('an instance class without a price is an error instead of a wrong amount', () => {
  const unpriced = { ...micro, instance_class: 'db.x99.huge' };
  expect(() => newCosts(planOf(change(['create'], 'aws_db_instance', null, unpriced)))).toThrow(
    /The price of db\.x99\.huge is unknown/,
  );
});
