/** Shows why the preview has its own parser: Papa Parse splits some files differently from the job's reader. */
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { Records } from '../src/records.ts';
import { textOf } from '../src/utf8.ts';
import { bytesOf } from './statements.ts';

test.each([
  [
    'text behind a closing quote',
    'a,"b"c,d\ne,f\n',
    [
      ['a', 'bc', 'd'],
      ['e', 'f'],
    ],
  ],
  ['a quote behind a closing quote', 'a,"x"y",z\n', [['a', 'xy"', 'z']]],
  ['a space behind a closing quote', 'a,"b" ,c\n', [['a', 'b ', 'c']]],
  [
    'line ends of several kinds',
    'a,b\r\nc,d\re,f\ng,h\n',
    [
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
      ['g', 'h'],
    ],
  ],
])('Records splits %s like the job and unlike Papa Parse', (_, text, cells) => {
  expect(recordsOf(text)).toEqual(cells);
  expect(Papa.parse(text, { delimiter: ',', skipEmptyLines: true }).data).not.toEqual(cells);
});

function recordsOf(text: string): string[][] {
  const bytes = bytesOf(text);
  const buffer = new Uint8Array(2 * bytes.length);
  buffer.set(bytes);
  const records = new Records(8);
  records.read(buffer, bytes.length);
  const found: string[][] = [];
  while (records.next(true))
    found.push(Array.from({ length: records.count }, (_, index) => textOf(records.cell(index))));
  return found;
}
