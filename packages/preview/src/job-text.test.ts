import { expect, test } from 'vitest';
import { cpuSeconds } from '../test/cpu-seconds.ts';
import { quoteText, strip } from './job-text.ts';

test.each([
  ['', "''"],
  ["it's", `"it's"`],
  ['say "it\'s"', `'say "it\\'s"'`],
  ['back\\slash', "'back\\\\slash'"],
  ['\t\n\r\0\x1b\x7f\x85\xa0\xad', "'\\t\\n\\r\\x00\\x1b\\x7f\\x85\\xa0\\xad'"],
  ['\u200b\u202e\u2028\ufeff\ue000\uffff', "'\\u200b\\u202e\\u2028\\ufeff\\ue000\\uffff'"],
  ['\u{1d173}\u{e0001}\u{10ffff}', "'\\U0001d173\\U000e0001\\U0010ffff'"],
  ['é☕😀e\u0301', "'é☕😀e\u0301'"],
  // Characters that Unicode 15, 15.1, 16 and 17 added, and an unassigned code point.
  ['\u{1fae8}\u2ffc\u1c89\u{1faea}\u0378', "'\u{1fae8}\u2ffc\u1c89\u{1faea}\u0378'"],
  ['x'.repeat(40), `'${'x'.repeat(40)}'`],
  ['☕'.repeat(41), `'${'☕'.repeat(39)}…'`],
])('quoteText escapes the invisible characters of %j like the job', (text, shown) => {
  expect(quoteText(text, 40)).toBe(shown);
});

test.each([
  ['\u2003 a b\u0085\t', 'a b'],
  ['\x1c\u3000', ''],
  ['\ufeffa\ufeff', '\ufeffa\ufeff'],
])('strip removes the same white space from %j as Python does', (text, stripped) => {
  expect(strip(text)).toBe(stripped);
});

test('strip takes linear time for spaces within a text', async () => {
  const text = `a${' '.repeat(250_000)}b`;
  expect(await cpuSeconds(() => strip(text))).toBeLessThan(2);
  expect(strip(text)).toBe(text);
});
