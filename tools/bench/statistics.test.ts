import { expect, test } from 'vitest';
import { median, percentile } from './statistics.ts';

test('median returns the mean of the two middle values for an even number of values', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('percentile interpolates between the two nearest values', () => {
  expect(percentile([10, 20, 30], 0.95)).toBeCloseTo(29);
  expect(percentile([7], 0.95)).toBe(7);
});

test('median rejects an empty list', () => {
  expect(() => median([])).toThrow(RangeError);
});
