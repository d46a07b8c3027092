import { expect, test } from 'vitest';
import { contractOf } from '../test/job.ts';
import { expense, HEADER } from '../test/statements.ts';
import { checkRow } from './row-check.ts';

const EXPENSES = contractOf('expenses');
const codes = (cells: readonly string[], header: readonly string[] = HEADER): (readonly [string | null, string])[] =>
  checkRow(cells, header, EXPENSES).map(({ column, code }) => [column, code]);

test('checkRow returns no problems for a good row', () => {
  expect(checkRow(expense(), HEADER, EXPENSES)).toEqual([]);
});

test('checkRow returns the problems of all wrong cells, not only the first', () => {
  expect(codes(expense({ date: 'soon', merchant: '', amount: '1,5', currency: 'euro' }))).toEqual([
    ['date', 'bad_date'],
    ['merchant', 'missing_value'],
    ['amount', 'bad_number'],
    ['currency', 'unknown_currency'],
  ]);
});

test('checkRow returns messages that say what to do', () => {
  expect(checkRow(expense({ amount: '12,50' }), HEADER, EXPENSES)).toEqual([
    {
      column: 'amount',
      code: 'bad_number',
      message: "amount '12,50' is not a number; use a point for decimals and no thousands separator, such as 1234.56.",
    },
  ]);
});

test('checkRow accepts headers in any order and letter case, and ignores unknown columns', () => {
  const header = ['Note', ...HEADER.map((name) => ` ${name.toUpperCase()}`)];
  expect(codes(['=x', ...expense({ date: '2025-02-30' })], header)).toEqual([['date', 'bad_date']]);
});

test('checkRow accepts the cells as an object by header', () => {
  const cells = Object.fromEntries(HEADER.map((name, index) => [name, expense({ amount: 'x' })[index] ?? '']));
  expect(checkRow(cells, HEADER, EXPENSES).map(({ code }) => code)).toEqual(['bad_number']);
});

test('checkRow reports a row with too many cells as one problem of the whole row', () => {
  expect(codes([...expense(), 'more'])).toEqual([[null, 'ragged_row']]);
});

test('checkRow limits the decimals by the currency of the row', () => {
  expect(codes(expense({ amount: '1.5', currency: 'JPY' }))).toEqual([['amount', 'too_many_decimals']]);
  expect(codes(expense({ amount: '1.234', currency: 'KWD' }))).toEqual([]);
});
