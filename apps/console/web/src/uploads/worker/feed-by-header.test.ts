import { readFileSync } from 'node:fs';
import type { Contract } from '@centflow/schema/contract';
import { expect, test } from 'vitest';
import { findFeedByHeader } from './feed-by-header.ts';

const folder = new URL('../../../../../../glue/centflow_glue/contracts/', import.meta.url);
const contracts = ['budgets', 'expenses', 'incomes'].map(
  (feed) => JSON.parse(readFileSync(new URL(`${feed}.json`, folder), 'utf8')) as Contract,
);

test('a header tells its feed, in any order and letter case', () => {
  expect(findFeedByHeader(['Currency', 'AMOUNT', 'category', 'month'], contracts)).toBe('budgets');
  expect(
    findFeedByHeader(['date', 'source', 'category', 'account', 'amount', 'currency', 'description', 'x'], contracts),
  ).toBe('incomes');
});

test('a header that lacks a required column is no feed’s', () => {
  expect(findFeedByHeader(['date', 'merchant', 'amount', 'currency'], contracts)).toBeNull();
  expect(findFeedByHeader([], contracts)).toBeNull();
});

test('where two feeds would do it is the one that knows more of the columns', () => {
  const both = ['date', 'merchant', 'category', 'account', 'amount', 'currency', 'description', 'month'];
  expect(findFeedByHeader(both, contracts)).toBe('expenses');
});
