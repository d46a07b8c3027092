import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRow } from './fix-rows.ts';
import { toSafeCsv } from './safe-csv.ts';

test.each(['=1+1', '+1', '-x', '@SUM(A1)', '\tx', '\rx', '=cmd|"/c calc"!A1', '-1+1', '＝1', '＋1', '－1', '＠x'])(
  '%j is no formula any more',
  (text) => {
    const [cell = ''] = parseRow(toSafeCsv([[text, 'x']]).slice(0, -2));
    expect(cell).toBe(`'${text}`);
  },
);

test.each(['-12.50', '-3', 'a=b', '', 'Café "x", y', '12.50'])('%j is exported as it is', (text) => {
  expect(parseRow(toSafeCsv([[text, 'x']]).slice(0, -2))).toEqual([text, 'x']);
});

test('whatever stands in a cell, it begins like no formula, and nothing of it is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'=+-@\t\r＝＋－＠17.x,"\n é'), maxLength: 6 }), (text) => {
      const [cell = ''] = parseRow(toSafeCsv([[text, 'x']]).slice(0, -2));
      expect(cell.endsWith(text)).toBe(true);
      expect(/^[=+@\t\r＝＋－＠]/.test(cell)).toBe(false);
      expect(/^-(?!\d+(\.\d+)?$)/.test(cell)).toBe(false);
    }),
  );
});
