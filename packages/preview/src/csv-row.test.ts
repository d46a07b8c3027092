import { expect, test } from 'vitest';
import { csvRow } from './csv-row.ts';

test.each([
  [['a', 'b c', ''], 'a,b c,'],
  [['a,b', 'c"d', 'e\rf', 'g\nh', 'i\r\nj'], '"a,b","c""d","e\rf","g\nh","i\r\nj"'],
  [[''], '""'],
  [['', ''], ','],
  [[' a ', '\t', "'", '\0', '#', '\\', '\u2028'], " a ,\t,',\0,#,\\,\u2028"],
])('csvRow writes %j in the same way as the job', (cells, text) => {
  expect(csvRow(cells)).toBe(text);
});
