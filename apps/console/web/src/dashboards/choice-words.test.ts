import { expect, test } from 'vitest';
import { describeChoices } from './choice-words.ts';

const every = ['period', 'currency', 'category', 'account'] as const;

test('describeChoices describes drills first, then the period and the other filters', () => {
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

test('describeChoices omits filters that the visual does not offer', () => {
  expect(describeChoices({ from: '2025-03', currency: 'EUR', category: 'Rent' }, ['currency'])).toEqual(['EUR']);
});
