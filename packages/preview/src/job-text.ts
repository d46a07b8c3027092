/** Text as the job, which is Python, cuts, quotes and writes it: its messages come out the same here, to the letter. */

/** What Python's `str.strip` and `\s` take for white space. JavaScript's own lacks U+001C–U+001F and U+0085, and adds U+FEFF. */
export const WHITE_SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const WHITE = new RegExp(`[${WHITE_SPACE}]`);
/**
 * Characters that nobody sees or that change how the text around them looks, as the job's `rejection.py` lists them. The
 * table is fixed, for what `\p{C}` matches grows with each version of Unicode.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{10ffff}]/gu;

/** `text.strip()`, character by character: a pattern for spaces before the end tries them from each of them. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE.test(text.charAt(start))) start++;
  while (end > start && WHITE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** `text[:length]`, in characters rather than in UTF-16's units. */
export function first(text: string, length: number): string {
  if (text.length <= length) return text;
  let end = 0;
  for (let left = length; left > 0 && end < text.length; left--) end += widthAt(text, end);
  return text.slice(0, end);
}

/** `len(text)`. */
export function lengthOf(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at += widthAt(text, at)) length++;
  return length;
}

/** `1,234,567`, as Python's `f"{count:,}"`. */
export function withCommas(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Text as a reason quotes it: in quotes, unseen characters spelled out, at most `length` characters of it. */
export function quoted(text: string, length: number): string {
  const shown = lengthOf(first(text, length + 1)) <= length ? text : `${first(text, length - 1)}…`;
  const mark = shown.includes("'") && !shown.includes('"') ? '"' : "'";
  return mark + spelledOut(shown.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`)) + mark;
}

/** Text with its unseen characters as Python writes them in a string. */
export function spelledOut(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return NAMED[character] ?? `\\x${hexadecimal(code, 2)}`;
    return code < 0x10000 ? `\\u${hexadecimal(code, 4)}` : `\\U${hexadecimal(code, 8)}`;
  });
}

/**
 * Cells as one CSV record without its line end, as the job writes it (RFC 4180): a cell with a quote, a comma or a line end
 * is quoted, and so is a single empty cell.
 */
export function rowText(cells: readonly string[]): string {
  if (cells.length === 1 && cells[0] === '') return '""';
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

function widthAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
