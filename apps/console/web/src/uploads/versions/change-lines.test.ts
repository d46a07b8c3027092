import { expect, test } from 'vitest';
import { listChanges } from './change-lines.ts';

const header = ['date', 'amount'];

test('listChanges orders changes by row, with a removed row before the row that replaced it', () => {
  const lines = listChanges({
    header,
    added: [{ rowNo: 3, cells: ['2025-01-03', '3.00'] }],
    removed: [{ rowNo: 3, cells: ['2025-01-02', '2.00'] }],
    changed: [
      {
        before: { rowNo: 2, cells: ['2025-01-01', '1.00'] },
        after: { rowNo: 2, cells: ['2025-01-01', '1.50'] },
        columns: ['amount'],
      },
    ],
    same: 0,
  });
  expect(lines.map(({ kind, rowNo }) => [kind, rowNo])).toEqual([
    ['changed', 2],
    ['removed', 3],
    ['added', 3],
  ]);
});

test('listChanges includes the old value only for changed cells', () => {
  const [line] = listChanges({
    header,
    added: [],
    removed: [],
    changed: [
      {
        before: { rowNo: 2, cells: ['2025-01-01', '1.00'] },
        after: { rowNo: 2, cells: ['2025-01-01', '1.50'] },
        columns: ['amount'],
      },
    ],
    same: 0,
  });
  expect(line?.cells).toEqual([{ is: '2025-01-01' }, { is: '1.50', was: '1.00' }]);
});
