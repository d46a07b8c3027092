import { expect, test } from 'vitest';
import { smallCsv } from './small-csv.ts';

test('smallCsv returns consecutive statements that overlap by dates and share no row', () => {
  const [first, second] = [1, 2].map((number) => smallCsv(10, number).trim().split('\n').slice(1));
  const dates = (lines: readonly string[] = []) => lines.map((line) => line.slice(0, 10));
  const shared = (one: readonly string[] = [], other: readonly string[] = []) =>
    new Set(one.filter((line) => other.includes(line))).size;
  expect(first).toHaveLength(10);
  expect(shared(dates(first), dates(second))).toBe(6);
  expect(shared(first, second)).toBe(0);
});
