/** Text as the job, which is Python, cuts, quotes and writes it: its messages come out the same here, to the letter. */

/** What Python's `str.strip` and `\s` take for white space. JavaScript's own lacks U+001C–U+001F and U+0085, and adds U+FEFF. */
export const WHITE_SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const AROUND = new RegExp(`^[${WHITE_SPACE}]+|[${WHITE_SPACE}]+$`, 'g');
const NOT_PRINTABLE = /[\p{C}\p{Z}]/u;

/** `text.strip()`. */
export function strip(text: string): string {
  return text.replace(AROUND, '');
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

/** Text as a reason quotes it: in quotes, control characters spelled out, at most `length` characters of it. */
export function quoted(text: string, length: number): string {
  return repr(lengthOf(first(text, length + 1)) <= length ? text : `${first(text, length - 1)}…`);
}

/** Python's `repr` of a text. */
export function repr(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let written = mark;
  for (const character of text) written += character === mark ? `\\${mark}` : written1(character);
  return written + mark;
}

/** Cells as one CSV record without its line end; a line end within a cell is no reason to quote it (Python 3.11). */
export function rowText(cells: readonly string[]): string {
  if (cells.length === 1 && cells[0] === '') return '""';
  return cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

const SPELLED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function written1(character: string): string {
  const spelled = SPELLED[character];
  if (spelled !== undefined) return spelled;
  if (character === ' ' || !NOT_PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hexadecimal(code, 2)}`;
  return code < 0x10000 ? `\\u${hexadecimal(code, 4)}` : `\\U${hexadecimal(code, 8)}`;
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

function widthAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
