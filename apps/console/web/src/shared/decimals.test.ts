import { DecimalError } from '@centflow/preview/decimal';
import { describe, expect, test } from 'vitest';
import { calculateChange, sumAmounts } from './decimals.ts';

describe('decimals', () => {
  test('sumAmounts adds exactly when a float would round', () => {
    expect(sumAmounts(['0.1', '0.2', '-0.3000', '9007199254740993.0001'])).toBe('9007199254740993.0001');
    expect(sumAmounts([])).toBe('0.0000');
  });

  test('sumAmounts rejects amounts with more than four decimals', () => {
    expect(() => sumAmounts(['0.12345'])).toThrow(DecimalError);
  });

  test('calculateChange returns a share of the earlier amount, or null if that amount is not positive', () => {
    expect(calculateChange('80.0000', '100')).toBe(0.25);
    expect(calculateChange('0', '100')).toBeNull();
    expect(calculateChange('-1', '100')).toBeNull();
  });
});
