import { readFileSync } from 'node:fs';
import type { Contract } from '@centflow/schema/contract';
import { expect, test } from 'vitest';
import { type BadRow, editedText, fixesIn, isCut, isWhole, rowToFix, withCell, withRow } from './row-to-fix.ts';

const contract = JSON.parse(
  readFileSync(new URL('../../../../../../glue/centflow_glue/contracts/expenses.json', import.meta.url), 'utf8'),
) as Contract;
const shape = { header: ['date', 'merchant', 'category', 'account', 'amount', 'currency', 'description'], contract };

function bad(rawText: string, rowNo = 5): BadRow {
  return { rowNo, column: 'amount', code: 'bad_number', message: 'It is no number.', rawText };
}

const wrong = bad('2025-06-14,Market,Groceries,Cash,"27,5O",EUR,');

test('a row shows every cell that is wrong, also those that the job had not come to', () => {
  const row = rowToFix(bad('2025-06-31,Market,Groceries,Cash,"27,5O",EUR,'), {}, shape);
  expect(row.problems.map(({ column }) => column)).toEqual(['date', 'amount']);
});

test('a cell that is typed over is checked at once', () => {
  const { cells } = rowToFix(wrong, {}, shape);
  const still = withRow({}, 5, withCell(cells, 4, '27,50'));
  expect(rowToFix(wrong, still, shape).problems).not.toEqual([]);
  expect(fixesIn([wrong], still, shape)).toEqual([]);

  const mended = withRow(still, 5, withCell(cells, 4, '27.50'));
  expect(rowToFix(wrong, mended, shape).problems).toEqual([]);
  expect(fixesIn([wrong], mended, shape)).toEqual([
    { rowNo: 5, cells: ['2025-06-14', 'Market', 'Groceries', 'Cash', '27.50', 'EUR', ''] },
  ]);
});

test('a row with a cell too many is mended as text', () => {
  const ragged = bad('2025-06-14,Farm stand, Hwy 30,Groceries,Cash,18.00,EUR,');
  expect(isWhole(ragged, shape)).toBe(false);
  const draft = withRow({}, 5, editedText('2025-06-14,"Farm stand, Hwy 30",Groceries,Cash,18.00,EUR,'));
  expect(fixesIn([ragged], draft, shape)[0]?.cells[1]).toBe('Farm stand, Hwy 30');
});

test('an edit can be taken back', () => {
  const draft = withRow({}, 5, withCell(rowToFix(wrong, {}, shape).cells, 4, '1.00'));
  expect(withRow(draft, 5, null)).toEqual({});
});

test('a row of which only the beginning is known is never written back', () => {
  const cut = bad(`2025-06-14,${'M'.repeat(5000)}`.slice(0, 4096));
  expect(isCut(cut)).toBe(true);
  const draft = withRow({}, 5, { cells: ['2025-06-14', 'M', 'Groceries', 'Cash', '1.00', 'EUR', ''] });
  expect(fixesIn([cut], draft, shape)).toEqual([]);
});
