import { readFileSync } from 'node:fs';
import type { Contract } from '@centflow/schema/contract';
import { expect, test } from 'vitest';
import {
  buildRowToFix,
  collectFixes,
  editCell,
  editText,
  hasEveryCell,
  isTruncated,
  type ProblemRow,
  setEditedRow,
} from './row-to-fix.ts';

const contract = JSON.parse(
  readFileSync(new URL('../../../../../../glue/centflow_glue/contracts/expenses.json', import.meta.url), 'utf8'),
) as Contract;
const shape = { header: ['date', 'merchant', 'category', 'account', 'amount', 'currency', 'description'], contract };

function bad(rawText: string, rowNo = 5): ProblemRow {
  return { rowNo, column: 'amount', code: 'bad_number', message: 'It is no number.', rawText };
}

const wrong = bad('2025-06-14,Market,Groceries,Cash,"27,5O",EUR,');

test('a row shows every cell that is wrong, also those that the job had not come to', () => {
  const row = buildRowToFix(bad('2025-06-31,Market,Groceries,Cash,"27,5O",EUR,'), {}, shape);
  expect(row.problems.map(({ column }) => column)).toEqual(['date', 'amount']);
});

test('a cell that is typed over is checked at once', () => {
  const { cells } = buildRowToFix(wrong, {}, shape);
  const still = setEditedRow({}, 5, editCell(cells, 4, '27,50'));
  expect(buildRowToFix(wrong, still, shape).problems).not.toEqual([]);
  expect(collectFixes([wrong], still, shape)).toEqual([]);

  const mended = setEditedRow(still, 5, editCell(cells, 4, '27.50'));
  expect(buildRowToFix(wrong, mended, shape).problems).toEqual([]);
  expect(collectFixes([wrong], mended, shape)).toEqual([
    { rowNo: 5, cells: ['2025-06-14', 'Market', 'Groceries', 'Cash', '27.50', 'EUR', ''] },
  ]);
});

test('a row with a cell too many is mended as text', () => {
  const ragged = bad('2025-06-14,Farm stand, Hwy 30,Groceries,Cash,18.00,EUR,');
  expect(hasEveryCell(ragged, shape)).toBe(false);
  const draft = setEditedRow({}, 5, editText('2025-06-14,"Farm stand, Hwy 30",Groceries,Cash,18.00,EUR,'));
  expect(collectFixes([ragged], draft, shape)[0]?.cells[1]).toBe('Farm stand, Hwy 30');
});

test('an edit can be taken back', () => {
  const draft = setEditedRow({}, 5, editCell(buildRowToFix(wrong, {}, shape).cells, 4, '1.00'));
  expect(setEditedRow(draft, 5, null)).toEqual({});
});

test('a row of which only the beginning is known is never written back', () => {
  const cut = bad(`2025-06-14,${'M'.repeat(5000)}`.slice(0, 4096));
  expect(isTruncated(cut)).toBe(true);
  const draft = setEditedRow({}, 5, { cells: ['2025-06-14', 'M', 'Groceries', 'Cash', '1.00', 'EUR', ''] });
  expect(collectFixes([cut], draft, shape)).toEqual([]);
});
