import { expect, test } from 'vitest';
import { contractOf } from '../test/job.ts';
import { expense, HEADER } from '../test/statements.ts';
import { checkRow } from './row-check.ts';

const EXPENSES = contractOf('expenses');
const codes = (cells: readonly string[], header: readonly string[] = HEADER): (readonly [string | null, string])[] =>
  checkRow(cells, header, EXPENSES).map(({ column, code }) => [column, code]);

test('a sound row has no problem', () => {
  expect(checkRow(expense(), HEADER, EXPENSES)).toEqual([]);
});

test('every wrong cell is told, not only the first', () => {
  expect(codes(expense({ date: 'soon', merchant: '', amount: '1,5', currency: 'euro' }))).toEqual([
    ['date', 'bad_date'],
    ['merchant', 'missing_value'],
    ['amount', 'bad_number'],
    ['currency', 'unknown_currency'],
  ]);
});

test('a problem says what to do', () => {
  expect(checkRow(expense({ amount: '12,50' }), HEADER, EXPENSES)).toEqual([
    {
      column: 'amount',
      code: 'bad_number',
      message: "amount '12,50' is not a number; use a point for decimals and no thousands separator, such as 1234.56.",
    },
  ]);
});

test('headers may come in any order and letter case, and with columns that the feed does not have', () => {
  const header = ['Note', ...HEADER.map((name) => ` ${name.toUpperCase()}`)];
  expect(codes(['=x', ...expense({ date: '2025-02-30' })], header)).toEqual([['date', 'bad_date']]);
});

test('cells may be given by header', () => {
  const cells = Object.fromEntries(HEADER.map((name, index) => [name, expense({ amount: 'x' })[index] ?? '']));
  expect(checkRow(cells, HEADER, EXPENSES).map(({ code }) => code)).toEqual(['bad_number']);
});

test('a row with a cell too many is wrong as a whole', () => {
  expect(codes([...expense(), 'more'])).toEqual([[null, 'ragged_row']]);
});

test('decimals are judged by the currency beside them', () => {
  expect(codes(expense({ amount: '1.5', currency: 'JPY' }))).toEqual([['amount', 'too_many_decimals']]);
  expect(codes(expense({ amount: '1.234', currency: 'KWD' }))).toEqual([]);
});
