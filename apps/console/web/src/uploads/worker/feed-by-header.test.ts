import { readFileSync } from 'node:fs';
import type { Contract } from '@centflow/schema/contract';
import { expect, test } from 'vitest';
import { findFeedByHeader } from './feed-by-header.ts';

const folder = new URL('../../../../../../glue/centflow_glue/contracts/', import.meta.url);
const contracts = ['budgets', 'expenses', 'incomes'].map(
  (feed) => JSON.parse(readFileSync(new URL(`${feed}.json`, folder), 'utf8')) as Contract,
);

test('findFeedByHeader ignores the order and letter case of columns', () => {
  expect(findFeedByHeader(['Currency', 'AMOUNT', 'category', 'month'], contracts)).toBe('budgets');
  expect(
    findFeedByHeader(['date', 'source', 'category', 'account', 'amount', 'currency', 'description', 'x'], contracts),
  ).toBe('incomes');
});

test('findFeedByHeader returns null if a required column is missing', () => {
  expect(findFeedByHeader(['date', 'merchant', 'amount', 'currency'], contracts)).toBeNull();
  expect(findFeedByHeader([], contracts)).toBeNull();
});

test('findFeedByHeader prefers the feed that has more of the header’s columns', () => {
  const both = ['date', 'merchant', 'category', 'account', 'amount', 'currency', 'description', 'month'];
  expect(findFeedByHeader(both, contracts)).toBe('expenses');
});
