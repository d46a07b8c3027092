import { CommandError } from '@centflow/command-line/exit';
import { describe, expect, test } from 'vitest';
import { priceOf } from './glue-price.ts';

const onGlue6 = { workers: 2, glueVersion: '6.0' };

describe('priceOf', () => {
  test('bills a run below a minute as a minute of every worker', () => {
    expect(priceOf([3], onGlue6)).toMatchObject({ billedDpuSeconds: 120, usd: 0.0103 });
  });

  test('bills a longer run by the second', () => {
    expect(priceOf([3600, 90], onGlue6).billedDpuSeconds).toBe(7380);
  });

  test('takes the price of the version that ran', () => {
    expect(priceOf([1800], onGlue6)).toMatchObject({ dpuHourUsd: 0.308, usd: 0.308 });
    expect(priceOf([1800], { workers: 2, glueVersion: '5.1' })).toMatchObject({ dpuHourUsd: 0.44, usd: 0.44 });
    expect(priceOf([3], onGlue6).formula).toMatch(/× 0\.308 USD \(Glue 6\.0\)$/);
  });

  test.each(['', '7.0'])('refuses to guess the price of version %j', (glueVersion) => {
    expect(() => priceOf([3], { workers: 2, glueVersion })).toThrow(CommandError);
  });
});
