/** CSV that a spreadsheet may open: what begins like a formula is neutralised, as `centflow quarantine --csv` does. */
import { csvRow } from './fix-rows.ts';

/** What Excel, LibreOffice and Google Sheets take for the start of a formula, full-width letters included. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;
/** A plain number is none, though it may begin with a minus. */
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Rows as UTF-8 CSV text with CRLF, each cell as text: an apostrophe stands before what would be a formula. */
export function toSafeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${csvRow(cells.map(safeCell))}\r\n`).join('');
}

export function safeCell(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
