import { expect, test } from 'vitest';
import { ExemptionsError, exemptionsOf } from './exemptions.ts';

const one = {
  pullRequest: 12,
  stack: 'dev-store',
  rule: 'destroys-data',
  address: 'aws_db_instance.it',
  reason: 'dev is made anew',
};

test('an exemption applies only to the pull request that it names', () => {
  const text = JSON.stringify([one]);
  const { pullRequest: _, ...exemption } = one;
  expect(exemptionsOf(12, text)).toEqual([exemption]);
  expect(exemptionsOf(13, text)).toEqual([]);
  expect(exemptionsOf(undefined, text)).toEqual([]);
});

test.each([
  ['an empty reason', { ...one, reason: ' ' }, /reason/],
  ['an unknown rule', { ...one, rule: 'everything' }, /rule/],
  ['no pull request', { ...one, pullRequest: undefined }, /pullRequest/],
  ['an unknown property', { ...one, until: 'tomorrow' }, /until/],
])('exemptionsOf rejects a file with %s, for any pull request', (_, exemption, said) => {
  expect(() => exemptionsOf(99, JSON.stringify([exemption]))).toThrow(ExemptionsError);
  expect(() => exemptionsOf(99, JSON.stringify([exemption]))).toThrow(said);
});

test('exemptionsOf rejects a file that is not JSON', () => {
  expect(() => exemptionsOf(1, '[')).toThrow(/infra\/exemptions\.json is not valid JSON/);
});

test('the exemptions file of this repository is valid', () => {
  expect(exemptionsOf(undefined)).toEqual([]);
});
