import { expect, test } from 'vitest';
import { parseHistoryFilters } from './filters.ts';

test('parseHistoryFilters reads the filters from the address', () => {
  expect(parseHistoryFilters({ feed: 'expenses', state: 'rejected' })).toEqual({ feed: 'expenses', state: 'rejected' });
});

test('parseHistoryFilters ignores unknown types and states', () => {
  expect(parseHistoryFilters({ feed: 'savings', state: 7, other: 'x' })).toEqual({});
});
