/**
 * Cuts, quotes and formats text like the Python job, so that the job and the preview write exactly the same messages.
 */

/**
 * The white space of Python's `str.strip` and `\s`. JavaScript's `\s` omits U+001C–U+001F and U+0085, and includes
 * U+FEFF.
 */
export const WHITE_SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const WHITE = new RegExp(`[${WHITE_SPACE}]`);
/**
 * Characters that are invisible or change how the text around them looks. The job's `rejection.py` has the same table.
 * The table is fixed, because `\p{C}` depends on the version of Unicode.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
  /[\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{10ffff}]/gu;

/** Returns `text.strip()`. A regular expression for trailing spaces would take quadratic time. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE.test(text.charAt(start))) start++;
  while (end > start && WHITE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Returns `text[:length]`, counted in characters and not in UTF-16 units. */
export function first(text: string, length: number): string {
  if (text.length <= length) return text;
  let end = 0;
  for (let left = length; left > 0 && end < text.length; left--) end += widthAt(text, end);
  return text.slice(0, end);
}

/** Returns `len(text)`. */
export function lengthOf(text: string): number {
  let length = 0;
  for (let offset = 0; offset < text.length; offset += widthAt(text, offset)) length++;
  return length;
}

/** Returns a count with commas, such as `1,234,567`, like Python's `f"{count:,}"`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Returns text for a message: quoted, with invisible characters escaped, and cut to `length` characters. */
export function quoteText(text: string, length: number): string {
  const shown = lengthOf(first(text, length + 1)) <= length ? text : `${first(text, length - 1)}…`;
  const quote = shown.includes("'") && !shown.includes('"') ? '"' : "'";
  return quote + escapeInvisible(shown.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)) + quote;
}

/** Returns text with its invisible characters escaped, as Python writes them in a string. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return NAMED[character] ?? `\\x${hexadecimal(code, 2)}`;
    return code < 0x10000 ? `\\u${hexadecimal(code, 4)}` : `\\U${hexadecimal(code, 8)}`;
  });
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

function widthAt(text: string, offset: number): 1 | 2 {
  return (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
}
