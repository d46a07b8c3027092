import { describe, expect, test } from 'vitest';
import { toCsv } from './quarantine.ts';

describe('toCsv', () => {
  test.each(['=1+1', '+1', '-1+1', '@SUM(A1)', '\tx', '=cmd|"/c calc"!A1'])(
    'puts an apostrophe before the formula %j',
    (text) => {
      const [, line = ''] = toCsv([{ row_no: 2, column_name: null, code: 'c', message: 'm', raw_text: text }]).split(
        '\n',
      );
      expect(line).toMatch(/^2,,c,m,"?'/);
    },
  );

  test('puts an apostrophe before a formula that follows a semicolon', () => {
    const text = "2025-01-02;=cmd|' /C calc'!A0";
    expect(toCsv([{ row_no: 2, column_name: null, code: 'c', message: 'm', raw_text: text }])).toContain(";'=cmd|");
  });

  test('does not change text without formulas', () => {
    expect(toCsv([{ row_no: 2, column_name: 'date', code: 'c', message: 'm', raw_text: 'a,b "c"' }])).toBe(
      'row_no,column_name,code,message,raw_text\n2,date,c,m,"a,b ""c"""\n',
    );
  });
});
