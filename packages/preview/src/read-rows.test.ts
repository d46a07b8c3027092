import { gzipSync as gzipFast } from 'node:zlib';
import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { bytesOf, csvOf, expense, HEADER } from '../test/statements.ts';
import { readHead, readRows } from './read-rows.ts';

const rows = Array.from({ length: 40_000 }, (_, index) => expense({ description: `payment "${index}"` }));
const large = csvOf(rows);

test('readRows returns rows from the middle of a file of several blocks, with their row numbers', async () => {
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

test('readRows and readHead expand a compressed file', async () => {
  const compressed = gzipSync(large);
  expect((await readRows(compressed, { name: 'a.csv.gz', from: 2, to: 2 })).rows).toEqual([
    { rowNo: 2, cells: rows[0] },
  ]);
  expect((await readHead(compressed, { name: 'a.CSV.GZ' })).header).toEqual(HEADER);
});

test('readHead returns the header and the complete rows of the first 64 KiB', async () => {
  const { header, rows: found } = await readHead(large, { name: 'a.csv' });
  expect(header).toEqual(HEADER);
  expect(found.length).toBeGreaterThan(500);
  expect(found.every(({ cells }) => cells.length === HEADER.length)).toBe(true);
  expect(found[0]).toEqual({ rowNo: 2, cells: rows[0] });
});

test('readHead uses the first non-empty row as header and accepts a last row without a line end', async () => {
  const file = bytesOf('\ufeff\n,,\n"a\nb",c\n1,2');
  expect(await readHead(file, { name: 'a.csv' })).toEqual({
    header: ['a\nb', 'c'],
    rows: [{ rowNo: 4, cells: ['1', '2'] }],
  });
  expect((await readRows(file, { name: 'a.csv', from: 1, to: 9 })).header).toEqual(['a\nb', 'c']);
});

test('readHead returns no header and no rows for an empty file', async () => {
  expect(await readHead(new Uint8Array(0), { name: 'a.csv' })).toEqual({ header: [], rows: [] });
});

test('readRows stops at a row that is too long for the job and expands nothing after the row', async () => {
  const MIB = 2 ** 20;
  const stored = new Uint8Array(gzipFast(new Uint8Array(96 * MIB).fill(0x78)));
  // Expanding the file up to the invalid bytes at its end would fail.
  stored.fill(0xff, (stored.length * 3) / 4);
  const found = await readRows(stored, { name: 'a.csv.gz', from: 1, to: 9 });
  expect(found).toEqual({ header: [], rows: [] });
});
