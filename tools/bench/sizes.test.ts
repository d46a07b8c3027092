import { expect, test } from 'vitest';
import { parseRows, parseSections, planSizes } from './sizes.ts';

test('a full run loads 10^6 rows against the client and 10^5, 10^6 and 10^7 for the growth', () => {
  expect(planSizes(false)).toMatchObject({
    scale: 'full',
    loadRows: 1_000_000,
    loadPairs: 3,
    burstUploads: 1000,
    growth: [100_000, 1_000_000, 10_000_000],
  });
});

test('fewer rows than the full run has make a quick one, whatever else was asked for', () => {
  expect(planSizes(false, 200_000).scale).toBe('quick');
  expect(planSizes(true).loadRows).toBeLessThanOrEqual(100_000);
});

test('an unknown part is refused with those there are', () => {
  expect(() => parseSections('load,speed')).toThrow(
    /speed is no part.*load, latency, burst, large, views, console, fairness, sharing/,
  );
  expect(parseSections('views, load')).toEqual(['views', 'load']);
});

test('too few rows are refused', () => {
  for (const text of ['0', '12.5', 'many']) expect(() => parseRows(text)).toThrow();
});
