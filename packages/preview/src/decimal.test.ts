import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  DecimalError,
  divideUnits,
  formatDecimal,
  formatUnits,
  parseDecimal,
} from './decimal.ts';

const units = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });

describe('parseDecimal and formatUnits', () => {
  test.each([
    ['-12.5', 4, -125_000n, '-12.5000'],
    ['012.500000', 4, 125_000n, '12.5000'],
    ['-0.00', 2, 0n, '0.00'],
    ['7', 0, 7n, '7'],
    ['0.01', 2, 1n, '0.01'],
    ['1.0', 0, 1n, '1'],
  ])('parseDecimal reads %j at scale %i and formatUnits writes all its decimals', (text, scale, expected, written) => {
    expect(parseDecimal(text, scale)).toBe(expected);
    expect(formatUnits(expected, scale)).toBe(written);
  });

  test('parseDecimal returns any number of units that formatUnits wrote, at any scale', () => {
    fc.assert(
      fc.property(units, fc.nat(8), (value, scale) => {
        expect(parseDecimal(formatUnits(value, scale), scale)).toBe(value);
      }),
    );
  });

  test.each(['', '-', '1.', '.5', '1,5', '1e5', '+1', ' 1', '0x1', '1.23456', 'NaN'])(
    'parseDecimal rejects %j at scale 4',
    (text) => {
      expect(() => parseDecimal(text, 4)).toThrow(DecimalError);
    },
  );
});

describe('formatDecimal', () => {
  test('pads a decimal with zeros', () => {
    expect(formatDecimal('12.5', 4)).toBe('12.5000');
  });

  test('rejects a decimal that it would have to round', () => {
    expect(() => formatDecimal('12.345', 2)).toThrow('"12.345" is not a decimal number with at most 2 decimals.');
  });
});

describe('addDecimals', () => {
  test('returns 0 for an empty list', () => {
    expect(addDecimals([])).toBe('0');
  });

  test('adds decimals of different scales without a rounding error', () => {
    expect(addDecimals(['0.1', '0.20', '-0.3'])).toBe('0');
    expect(addDecimals(['100', '200'])).toBe('300');
    expect(addDecimals(['999999999999999.99', '0.0001'])).toBe('999999999999999.9901');
  });

  test('returns the same sum as adding whole units', () => {
    fc.assert(
      fc.property(fc.array(units), (values) => {
        const sum = addDecimals(values.map((value) => formatUnits(value, 4)));
        expect(parseDecimal(sum, 4)).toBe(values.reduce((total, value) => total + value, 0n));
      }),
    );
  });
});

describe('compareDecimals', () => {
  test('orders decimals by value and not by text', () => {
    expect(compareDecimals('9', '10.0')).toBe(-1);
    expect(compareDecimals('-9', '-10')).toBe(1);
    expect(compareDecimals('-0', '0.00')).toBe(0);
  });
});

describe('divideUnits', () => {
  test('rounds half away from zero', () => {
    expect([-3n, -1n, 0n, 1n, 3n].map((value) => divideUnits(value, 2n))).toEqual([-2n, -1n, 0n, 1n, 2n]);
    expect(divideUnits(10n, 4n)).toBe(3n);
    expect(divideUnits(9n, 4n)).toBe(2n);
  });
});
