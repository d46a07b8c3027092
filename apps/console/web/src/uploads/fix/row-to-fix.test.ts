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

function problemRow(rawText: string, rowNo = 5): ProblemRow {
  return { rowNo, column: 'amount', code: 'bad_number', message: 'It is no number.', rawText };
}

const wrong = problemRow('2025-06-14,Market,Groceries,Cash,"27,5O",EUR,');

test('buildRowToFix reports every wrong cell, including cells that the job did not report', () => {
  const row = buildRowToFix(problemRow('2025-06-31,Market,Groceries,Cash,"27,5O",EUR,'), {}, shape);
  expect(row.problems.map(({ column }) => column)).toEqual(['date', 'amount']);
});

test('collectFixes ignores an edited row until the row is valid', () => {
  const { cells } = buildRowToFix(wrong, {}, shape);
  const stillWrong = setEditedRow({}, 5, editCell(cells, 4, '27,50'));
  expect(buildRowToFix(wrong, stillWrong, shape).problems).not.toEqual([]);
  expect(collectFixes([wrong], stillWrong, shape)).toEqual([]);

  const fixed = setEditedRow(stillWrong, 5, editCell(cells, 4, '27.50'));
  expect(buildRowToFix(wrong, fixed, shape).problems).toEqual([]);
  expect(collectFixes([wrong], fixed, shape)).toEqual([
    { rowNo: 5, cells: ['2025-06-14', 'Market', 'Groceries', 'Cash', '27.50', 'EUR', ''] },
  ]);
});

test('collectFixes accepts a row with an extra cell after its text was fixed', () => {
  const ragged = problemRow('2025-06-14,Farm stand, Hwy 30,Groceries,Cash,18.00,EUR,');
  expect(hasEveryCell(ragged, shape)).toBe(false);
  const draft = setEditedRow({}, 5, editText('2025-06-14,"Farm stand, Hwy 30",Groceries,Cash,18.00,EUR,'));
  expect(collectFixes([ragged], draft, shape)[0]?.cells[1]).toBe('Farm stand, Hwy 30');
});

test('setEditedRow removes an edit if the row is null', () => {
  const draft = setEditedRow({}, 5, editCell(buildRowToFix(wrong, {}, shape).cells, 4, '1.00'));
  expect(setEditedRow(draft, 5, null)).toEqual({});
});

test('collectFixes ignores a row if only its beginning is known', () => {
  const cut = problemRow(`2025-06-14,${'M'.repeat(5000)}`.slice(0, 4096));
  expect(isTruncated(cut)).toBe(true);
  const draft = setEditedRow({}, 5, { cells: ['2025-06-14', 'M', 'Groceries', 'Cash', '1.00', 'EUR', ''] });
  expect(collectFixes([cut], draft, shape)).toEqual([]);
});
