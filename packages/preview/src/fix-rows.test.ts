import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, csvOf, expense, HEADER } from '../test/statements.ts';
import { csvRow } from './csv-row.ts';
import { MissingRowError, parseRow, replaceRows } from './fix-rows.ts';
import { readRows } from './read-rows.ts';

const cell = fc
  .array(fc.constantFrom('', '"', ',', '\n', '\r', '\r\n', '""', 'é', '😀', ' ', 'x', "'"), { maxLength: 4 })
  .map((parts) => parts.join(''));
const row = fc.array(cell, { minLength: 7, maxLength: 7 }).filter((cells) => cells.some((text) => text !== ''));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('parseRow returns the cells that csvRow wrote', () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
      expect(parseRow(csvRow(cells))).toEqual(cells);
    }),
  );
});

test.each([
  ['a,b', ['a', 'b']],
  ['', ['']],
  [',', ['', '']],
  ['27" screen,"27"" screen"', ['27" screen', '27" screen']],
  ['"ab"cd,e', ['abcd', 'e']],
  ['a\nb,c\r\nd', ['a\nb', 'c\r\nd']],
  ['"open, and on', ['open, and on']],
])('parseRow splits %j into the cells %j', (rawText, cells) => {
  expect(parseRow(rawText)).toEqual(cells);
});

test('replaceRows replaces rows and keeps every other byte', () => {
  const before = '\ufeffdate,"note"\r\n"quoted ""x""", 1 \r2025-13-01,"two\nlines"\n\n  last"one,9';
  const after = replaceRows(bytesOf(before), [
    { rowNo: 5, cells: ['last, one', '9'] },
    { rowNo: 3, cells: ['2025-12-01', 'a "b"'] },
  ]);
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(after)).toBe(
    '\ufeffdate,"note"\r\n"quoted ""x""", 1 \r2025-12-01,"a ""b"""\n\n"last, one",9',
  );
});

test('replaceRows does not change bytes that are not UTF-8 in rows without a fix', () => {
  const before = Uint8Array.from([...bytesOf('a,b\n'), 0xe9, 0x2c, 0x31, 0x0a, ...bytesOf('x,y\n')]);
  expect([...replaceRows(before, [{ rowNo: 3, cells: ['x', 'z'] }])]).toEqual([
    ...before.slice(0, 8),
    ...bytesOf('x,z\n'),
  ]);
});

test('readRows returns the cells that replaceRows wrote, and unchanged cells in other rows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), fc.nat(), row, async (rows, place, cells) => {
      const index = place % rows.length;
      const after = replaceRows(csvOf(rows), [{ rowNo: index + 2, cells }]);
      const read = await readRows(after, { name: 'a.csv', from: 2, to: 100 });
      expect(read.rows).toEqual(rows.with(index, cells).map((cells, position) => ({ rowNo: position + 2, cells })));
    }),
  );
});

test('replaceRows rejects a fix for a row that the file does not have', () => {
  expect(() => replaceRows(csvOf([expense()]), [{ rowNo: 7, cells: [] }])).toThrow(MissingRowError);
  expect(() => replaceRows(csvOf([expense()]), [{ rowNo: 7, cells: [] }])).toThrow('The file no longer has a row 7');
});

test('replaceRows leaves the file unchanged if the fix has the same cells', () => {
  const file = csvOf([expense()], { lineEnd: '\r\n' });
  expect(text(replaceRows(file, [{ rowNo: 1, cells: HEADER }]))).toBe(text(file));
  expect(replaceRows(file, [])).toEqual(file);
});
