import { expect, test } from 'vitest';
import { describeChoices } from './choice-words.ts';

const every = ['period', 'currency', 'category', 'account'] as const;

test('a choice is told in words, what was clicked first', () => {
  expect(describeChoices({}, every)).toEqual([]);
  expect(describeChoices({ currency: 'EUR', from: '2025-03', to: '2025-03', category: 'Rent' }, every)).toEqual([
    'March 2025',
    'EUR',
    'Rent',
  ]);
  expect(describeChoices({ from: '2025-03', to: '2026-02', account: 'Cash' }, every)).toEqual([
    'March 2025 – February 2026',
    'Cash',
  ]);
  expect(describeChoices({ from: '2025-03' }, every)).toEqual(['since March 2025']);
  expect(describeChoices({ to: '2025-03' }, every)).toEqual(['until March 2025']);
  expect(
    describeChoices({ currency: 'EUR' }, every, [{ country: 'AT' }, { country: 'AT', city: null, category: 'EUR' }]),
  ).toEqual(['Austria', 'city: Not stated', 'EUR']);
});

test('a choice that is not offered narrows nothing, and is not told', () => {
  expect(describeChoices({ from: '2025-03', currency: 'EUR', category: 'Rent' }, ['currency'])).toEqual(['EUR']);
});
