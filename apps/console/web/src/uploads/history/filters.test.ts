import { expect, test } from 'vitest';
import { parseHistoryFilters } from './filters.ts';

test('filters come from the address', () => {
  expect(parseHistoryFilters({ feed: 'expenses', state: 'rejected' })).toEqual({ feed: 'expenses', state: 'rejected' });
});

test('what no feed and no state is called is left out', () => {
  expect(parseHistoryFilters({ feed: 'savings', state: 7, other: 'x' })).toEqual({});
});
