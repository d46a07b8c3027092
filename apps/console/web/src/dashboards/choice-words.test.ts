import { expect, test } from 'vitest';
import { choiceWords } from './choice-words.ts';

test('a choice is told in words, what was clicked first', () => {
  expect(choiceWords({})).toEqual([]);
  expect(choiceWords({ currency: 'EUR', from: '2025-03', to: '2025-03', category: 'Rent' })).toEqual([
    'March 2025',
    'EUR',
    'Rent',
  ]);
  expect(choiceWords({ from: '2025-03', to: '2026-02', account: 'Cash' })).toEqual([
    'March 2025 – February 2026',
    'Cash',
  ]);
  expect(choiceWords({ from: '2025-03' })).toEqual(['since March 2025']);
  expect(choiceWords({ to: '2025-03' })).toEqual(['until March 2025']);
  expect(choiceWords({ currency: 'EUR' }, [{ country: 'AT' }, { country: 'AT', city: null, category: 'EUR' }])).toEqual(
    ['Austria', 'city: Not stated', 'EUR'],
  );
});
