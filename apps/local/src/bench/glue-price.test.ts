import { expect, test } from 'vitest';
import { priceOf } from './glue-price.ts';

test('a run below a minute is billed as a minute of every worker', () => {
  expect(priceOf([3], 2)).toMatchObject({ billedDpuSeconds: 120, usd: 0.0147 });
});

test('a longer run is billed by the second', () => {
  expect(priceOf([3600, 90], 2).billedDpuSeconds).toBe(7380);
});
