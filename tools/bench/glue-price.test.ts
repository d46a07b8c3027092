import { CommandError } from '@centflow/command-line/exit';
import { describe, expect, test } from 'vitest';
import { priceOf } from './glue-price.ts';

const onGlue6 = { workers: 2, glueVersion: '6.0' };

describe('priceOf', () => {
  test('charges every worker for a full minute if a run is shorter', () => {
    expect(priceOf([3], onGlue6)).toMatchObject({ billedDpuSeconds: 120, usd: 0.0103 });
  });

  test('charges by the second for a run above the minimum', () => {
    expect(priceOf([3600, 90], onGlue6).billedDpuSeconds).toBe(7380);
  });

  test('uses the price of the job’s Glue version', () => {
    expect(priceOf([1800], onGlue6)).toMatchObject({ dpuHourUsd: 0.308, usd: 0.308 });
    expect(priceOf([1800], { workers: 2, glueVersion: '5.1' })).toMatchObject({ dpuHourUsd: 0.44, usd: 0.44 });
    expect(priceOf([3], onGlue6).formula).toMatch(/× 0\.308 USD \(Glue 6\.0\)$/);
  });

  test.each(['', '7.0'])('rejects Glue version %j, whose price is not listed', (glueVersion) => {
    expect(() => priceOf([3], { workers: 2, glueVersion })).toThrow(CommandError);
  });
});
