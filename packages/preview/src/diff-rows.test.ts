import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contractOf } from '../test/job.ts';
import { csvOf, expense, HEADER } from '../test/statements.ts';
import { diffRows } from './diff-rows.ts';
import { FileTooLargeError } from './expand.ts';

const EXPENSES = contractOf('expenses');
const names = { names: ['a.csv', 'b.csv'] as const };
const diff = (before: readonly string[][], after: readonly string[][]) =>
  diffRows(csvOf(before), csvOf(after), EXPENSES, names);

test('diffRows pairs each equal row as many times as it occurs in both files', async () => {
  const found = await diff([expense(), expense(), expense()], [expense(), expense()]);
  expect(found).toMatchObject({ same: 2, added: [], changed: [] });
  expect(found.removed.map(({ rowNo }) => rowNo)).toEqual([4]);
});

test('diffRows reports a row with the same natural key as changed, and names the headers that differ', async () => {
  const found = await diff(
    [expense(), expense({ amount: '9' })],
    [expense({ category: 'Bar' }), expense({ amount: '9' })],
  );
  expect(found).toMatchObject({ same: 1, added: [], removed: [] });
  expect(found.changed).toEqual([
    {
      before: { rowNo: 2, cells: expense() },
      after: { rowNo: 2, cells: expense({ category: 'Bar' }) },
      columns: ['category'],
    },
  ]);
});

test('diffRows reports a corrected amount as one changed row and not as a removed and an added row', async () => {
  const found = await diff([expense({ amount: '3,50' })], [expense()]);
  expect(found.changed.map(({ columns }) => columns)).toEqual([['amount']]);
});

test('diffRows pairs rows by transaction id even if all other cells differ', async () => {
  const header = [...HEADER, 'transaction_id'];
  const before = csvOf(
    [
      [...expense(), 'T-1'],
      [...expense({ amount: '4' }), 'T-2'],
    ],
    { header },
  );
  const after = csvOf(
    [
      [...expense({ amount: '4', merchant: 'x', date: '2025-02-01' }), 'T-1'],
      [...expense({ amount: '4' }), 'T-2'],
    ],
    {
      header,
    },
  );
  const found = await diffRows(before, after, EXPENSES, names);
  expect(found).toMatchObject({ same: 1, added: [], removed: [] });
  expect(found.changed.map(({ columns }) => columns)).toEqual([['date', 'merchant', 'amount']]);
});

test('diffRows ignores the order of columns, the letter case of headers and the kind of line end', async () => {
  const after = csvOf([expense().toReversed()], {
    header: HEADER.map((name) => name.toUpperCase()).toReversed(),
    lineEnd: '\r\n',
  });
  expect(await diffRows(csvOf([expense()]), after, EXPENSES, names)).toMatchObject({
    same: 1,
    added: [],
    removed: [],
    changed: [],
  });
});

const row = fc
  .tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('x', 'y'), fc.constantFrom('a', 'b'))
  .map(([amount, merchant, category]) => expense({ amount, merchant, category }));

test('diffRows counts every row of both files exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 8 }), fc.array(row, { maxLength: 8 }), async (before, after) => {
      const { same, changed, added, removed } = await diff(before, after);
      expect(same + changed.length + removed.length).toBe(before.length);
      expect(same + changed.length + added.length).toBe(after.length);
      for (const { before: one, after: other } of changed) {
        expect(one.cells).toEqual(before[one.rowNo - 2]);
        expect(other.cells).toEqual(after[other.rowNo - 2]);
        expect(one.cells).not.toEqual(other.cells);
      }
    }),
  );
});

test('diffRows rejects a file that expands to more than the limit', async () => {
  const [small, large] = [csvOf([expense()]), csvOf([expense(), expense()])];
  const bytesAtMost = small.length;
  await diffRows(small, small, EXPENSES, { ...names, bytesAtMost });
  await expect(diffRows(small, large, EXPENSES, { ...names, bytesAtMost })).rejects.toThrow(FileTooLargeError);
});
