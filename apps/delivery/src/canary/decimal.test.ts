import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, normalised, parseDecimal, ratio } from './decimal.ts';

describe('decimal amounts', () => {
  it('are unchanged after they are formatted and parsed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (steps) => {
        expect(parseDecimal(formatDecimal(steps))).toBe(steps);
      }),
    );
  });

  it.each([
    ['12', '12.0000'],
    ['12.5', '12.5000'],
    ['-0.05', '-0.0500'],
    ['-0', '0.0000'],
    ['007.10000', '7.1000'],
    ['123456789012345678901234567890.1234', '123456789012345678901234567890.1234'],
  ])('are normalised for comparisons: %s becomes %s', (text, expected) => {
    expect(normalised(text)).toBe(expected);
  });

  it.each(['', '.5', '1.', '1e5', 'NaN', '1,5', '+1', ' 1', '0.00001'])(
    'are not parsed from the invalid text %j',
    (text) => {
      expect(() => normalised(text)).toThrow(`${JSON.stringify(text)} is not a decimal with at most 4 decimal places.`);
    },
  );

  it.each([
    ['1', '3', '0.3333'],
    ['2', '3', '0.6667'],
    ['-2', '3', '-0.6667'],
    ['1', '16000', '0.0001'],
    ['-1', '20000', '-0.0001'],
    ['1', '20001', '0.0000'],
  ])('are divided and rounded half away from zero: %s / %s is %s', (part, whole, expected) => {
    expect(formatDecimal(ratio(parseDecimal(part), parseDecimal(whole)))).toBe(expected);
  });
});
