import { expect, test } from 'vitest';
import { median, percentile } from './statistics.ts';

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a percentile lies between the two nearest values', () => {
  expect(percentile([10, 20, 30], 0.95)).toBeCloseTo(29);
  expect(percentile([7], 0.95)).toBe(7);
});

test('no values have no median', () => {
  expect(() => median([])).toThrow(RangeError);
});
