import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { contractOf } from '../test/job.ts';
import { bytesOf, csvOf, expense, HEADER } from '../test/statements.ts';
import { previewCsv } from './preview.ts';

const EXPENSES = contractOf('expenses');
const name = 'a.csv';
const MANY = csvOf(Array.from({ length: 120_000 }, (_, amount) => expense({ amount: `${amount}.25` })));

test('previewCsv sums a good file by currency and by month', async () => {
  const rows = [
    expense({ amount: '0.10' }),
    expense({ amount: '0.20', date: '2025-02-28' }),
    expense({ amount: '100', currency: 'JPY' }),
  ];
  const preview = await previewCsv(csvOf(rows), EXPENSES, { name });
  expect(preview).toMatchObject({
    feed: 'expenses',
    rowsRead: 3,
    rowsGood: 3,
    rowsQuarantined: 0,
    amountRead: '100.3000',
    amounts: [
      { currency: 'EUR', rows: 2, good: '0.3000' },
      { currency: 'JPY', rows: 1, good: '100.0000' },
    ],
    months: [
      { month: '2025-01', currency: 'EUR', rows: 1, amount: '0.1000' },
      { month: '2025-01', currency: 'JPY', rows: 1, amount: '100.0000' },
      { month: '2025-02', currency: 'EUR', rows: 1, amount: '0.2000' },
    ],
    firstDate: '2025-01-15',
    lastDate: '2025-02-28',
  });
  expect(preview.rejected).toBeUndefined();
});

test('previewCsv calculates exact sums beyond the range of a double', async () => {
  const rows = Array.from({ length: 1000 }, () => expense({ amount: '999999999999999.99' }));
  const preview = await previewCsv(csvOf([...rows, expense({ amount: '0.01' })]), EXPENSES, { name });
  expect(preview.amountGood).toBe('999999999999999990.0100');
});

test('previewCsv returns the same result for a Blob and for bytes', async () => {
  const file = csvOf([expense(), expense({ date: 'soon' }), expense()]);
  const fromBlob = await previewCsv(new Blob([file as Uint8Array<ArrayBuffer>]), EXPENSES, { name });
  expect(fromBlob).toEqual(await previewCsv(file, EXPENSES, { name }));
});

test('previewCsv reports progress from 0 to 1', async () => {
  const shares: number[] = [];
  await previewCsv(MANY, EXPENSES, { name, onProgress: (share) => shares.push(share) });
  expect(shares.length).toBeGreaterThan(2);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test('previewCsv throws the reason of the abort signal', async () => {
  const abort = new AbortController();
  const preview = previewCsv(MANY, EXPENSES, {
    name,
    signal: abort.signal,
    onProgress: () => abort.abort(new Error('another file was dropped')),
  });
  await expect(preview).rejects.toThrow('another file was dropped');
});

test('previewCsv returns the first quarantined rows and counts all of them', async () => {
  const rows = [
    ...Array.from({ length: 50 }, () => expense({ amount: 'x' })),
    ...Array.from({ length: 60 }, () => expense()),
  ];
  const preview = await previewCsv(csvOf(rows), EXPENSES, { name, quarantinedKept: 10 });
  expect(preview.quarantined.map(({ rowNo }) => rowNo)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(preview.quarantinedByCode).toEqual([{ code: 'bad_number', rows: 50 }]);
});

test('previewCsv returns a limited number of fingerprints and reports that some are missing', async () => {
  const rows = Array.from({ length: 5000 }, (_, amount) => expense({ amount: String(amount % 3000) }));
  const all = await previewCsv(csvOf(rows), EXPENSES, { name });
  expect(all.fingerprints.complete).toBe(true);
  expect(all.fingerprints.counts).toHaveLength(3000);
  const bounded = await previewCsv(csvOf(rows), EXPENSES, { name, fingerprintsKept: 1200 });
  expect(bounded.fingerprints.complete).toBe(false);
  expect(bounded.fingerprints.counts).toEqual(all.fingerprints.counts.slice(0, 1200));
  expect(bounded.fingerprints.bytes).toEqual(all.fingerprints.bytes.slice(0, 16 * 1200));
  expect(bounded.rowsGood).toBe(5000);
});

test('previewCsv rejects a file over the size limit without reading it', async () => {
  const { rejected } = await previewCsv(MANY, EXPENSES, { name, limits: { objectBytes: 3 << 20 } });
  expect(rejected).toEqual({
    code: 'too_large',
    reason: 'The file is 6 MiB large, but the limit is 3 MiB. Split it into several files.',
  });
});

test('previewCsv stops expanding a compressed file at the size limit', async () => {
  const shares: number[] = [];
  const bomb = gzipSync(bytesOf(`${HEADER.join(',')}\n${`${expense().join(',')}\n`.repeat(600_000)}`));
  const { rejected } = await previewCsv(bomb, EXPENSES, {
    name: 'a.csv.gz',
    limits: { expandedBytes: 6 << 20 },
    onProgress: (share) => shares.push(share),
  });
  expect(rejected?.reason).toBe('The CSV is larger than 6 MiB. Split it into several files.');
});

test('previewCsv rejects a record that is longer than the largest block', async () => {
  const file = csvOf([expense({ description: 'x'.repeat(70 << 20) }), expense()]);
  const { rejected } = await previewCsv(file, EXPENSES, { name });
  expect(rejected).toEqual({
    code: 'record_too_long',
    reason: 'A row is longer than 32 MiB. Close an open quote, or export the file as CSV again.',
  });
});
