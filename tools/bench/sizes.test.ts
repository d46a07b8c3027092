import { expect, test } from 'vitest';
import { parseRows, parseSections, planSizes } from './sizes.ts';

test('planSizes plans 10^6 rows for the client comparison, and 10^5 to 10^7 for the growth', () => {
  expect(planSizes(false)).toMatchObject({
    scale: 'full',
    loadRows: 1_000_000,
    loadPairs: 3,
    burstUploads: 1000,
    growth: [100_000, 1_000_000, 10_000_000],
  });
});

test('planSizes labels a run as quick if it loads fewer rows than a full run', () => {
  expect(planSizes(false, 200_000).scale).toBe('quick');
  expect(planSizes(true).loadRows).toBeLessThanOrEqual(100_000);
});

test('parseSections rejects an unknown part, and lists the known ones', () => {
  expect(() => parseSections('load,speed')).toThrow(
    /speed is not a part.*load, latency, burst, large, views, console, fairness, sharing/,
  );
  expect(parseSections('views, load')).toEqual(['views', 'load']);
});

test('parseRows rejects too few rows', () => {
  for (const text of ['0', '12.5', 'many']) expect(() => parseRows(text)).toThrow();
});
