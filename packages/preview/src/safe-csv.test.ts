import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { cpuSeconds } from '../test/cpu-seconds.ts';
import { parseRow } from './fix-rows.ts';
import { safeCell, toSafeCsv } from './safe-csv.ts';

test.each(['=1+1', '+1', '-x', '@SUM(A1)', '\tx', '\rx', '=cmd|"/c calc"!A1', '-1+1', '＝1', '＋1', '－1', '＠x'])(
  'toSafeCsv writes an apostrophe before the formula %j',
  (text) => {
    const [cell = ''] = parseRow(toSafeCsv([[text, 'x']]).slice(0, -2));
    expect(cell).toBe(`'${text}`);
  },
);

test.each(['-12.50', '-3', 'a=b', '', 'Café "x", y', '12.50'])('toSafeCsv leaves %j unchanged', (text) => {
  expect(parseRow(toSafeCsv([[text, 'x']]).slice(0, -2))).toEqual([text, 'x']);
});

test.each([
  ["Thanks;=cmd|' /C calc'!A0", "Thanks;'=cmd|' /C calc'!A0"],
  ['a;-1+1;@x', "a;'-1+1;'@x"],
  ['\n=1+1', "'\n'=1+1"],
  ['a|=1', "a|'=1"],
  ['a\t＝1', "a\t'＝1"],
  ['a\n=1', "a\n'=1"],
  ['a\r\n+1', "a\r'\n'+1"],
  ['a; "=1"', 'a;\' "=1"'],
  ['a;b=c', 'a;b=c'],
])('safeCell writes an apostrophe before each formula after a separator in %j', (text, safe) => {
  expect(safeCell(text)).toBe(safe);
});

test('toSafeCsv writes no formulas, whichever separator the reading program uses', () => {
  const cell = fc.string({ unit: fc.constantFrom(...';|\t\n\r",=+-@＝＠1 x'), maxLength: 8 });
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(';', '\t', '|', ','),
      (cells, separator) => {
        const csv = toSafeCsv([cells]);
        const quoted = Papa.parse<string[]>(csv, { delimiter: separator }).data.flat();
        // Also splits at separators within quotes, because a quote only counts directly after the separator.
        const plain =
          separator === ',' ? [] : csv.split(new RegExp(`[\\r\\n${separator === '|' ? '\\|' : separator}]`));
        for (const found of [...quoted, ...plain]) {
          if (!/^-?\d+(\.\d+)?$/.test(found)) expect(found).not.toMatch(/^[=+\-@＝＠]/);
        }
      },
    ),
  );
});

test('toSafeCsv preserves all characters of a cell', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'=+-@\t\r＝＋－＠17.x,;|"\n é'), maxLength: 6 }), (text) => {
      const [cell = ''] = parseRow(toSafeCsv([[text, 'x']]).slice(0, -2));
      expect(cell.replaceAll("'", '')).toBe(text);
    }),
  );
});

test('safeCell takes linear time for separators without a formula', async () => {
  const cell = '\t'.repeat(100_000);
  expect(await cpuSeconds(() => safeCell(cell))).toBeLessThan(2);
  expect(safeCell(`${cell}=1`)).toBe(`'${"\t'".repeat(100_000)}=1`);
});
