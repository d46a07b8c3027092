import { gzipSync as gzipFast } from 'node:zlib';
import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { bytesOf, csvOf, expense, HEADER } from '../test/statements.ts';
import { readHead, readRows } from './read-rows.ts';

const rows = Array.from({ length: 40_000 }, (_, index) => expense({ description: `payment "${index}"` }));
const large = csvOf(rows);

test('rows from anywhere in a file of several blocks come with their numbers', async () => {
  const found = await readRows(new Blob([large as Uint8Array<ArrayBuffer>]), {
    name: 'a.csv',
    from: 30_000,
    to: 30_001,
  });
  expect(found).toEqual({
    header: HEADER,
    rows: [30_000, 30_001].map((rowNo) => ({ rowNo, cells: rows[rowNo - 2] })),
  });
});

test('a compressed file is read as the file within', async () => {
  const compressed = gzipSync(large);
  expect((await readRows(compressed, { name: 'a.csv.gz', from: 2, to: 2 })).rows).toEqual([
    { rowNo: 2, cells: rows[0] },
  ]);
  expect((await readHead(compressed, { name: 'a.CSV.GZ' })).header).toEqual(HEADER);
});

test('the head is the header and the rows that are whole in the first 64 KiB', async () => {
  const { header, rows: found } = await readHead(large, { name: 'a.csv' });
  expect(header).toEqual(HEADER);
  expect(found.length).toBeGreaterThan(500);
  expect(found.every(({ cells }) => cells.length === HEADER.length)).toBe(true);
  expect(found[0]).toEqual({ rowNo: 2, cells: rows[0] });
});

test('the header is the first row that holds anything, and the last row needs no line end', async () => {
  const file = bytesOf('\ufeff\n,,\n"a\nb",c\n1,2');
  expect(await readHead(file, { name: 'a.csv' })).toEqual({
    header: ['a\nb', 'c'],
    rows: [{ rowNo: 4, cells: ['1', '2'] }],
  });
  expect((await readRows(file, { name: 'a.csv', from: 1, to: 9 })).header).toEqual(['a\nb', 'c']);
});

test('an empty file has neither', async () => {
  expect(await readHead(new Uint8Array(0), { name: 'a.csv' })).toEqual({ header: [], rows: [] });
});

test('a row that is longer than the job takes ends the reading, and what follows is not expanded', async () => {
  const MIB = 2 ** 20;
  const stored = new Uint8Array(gzipFast(new Uint8Array(96 * MIB).fill(0x78)));
  // Whoever expands as far as this fails.
  stored.fill(0xff, (stored.length * 3) / 4);
  const found = await readRows(stored, { name: 'a.csv.gz', from: 1, to: 9 });
  expect(found).toEqual({ header: [], rows: [] });
});
