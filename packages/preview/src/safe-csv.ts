/** CSV that a spreadsheet may open: what a spreadsheet would take for a formula is neutralised. */
import { csvRow } from './fix-rows.ts';

/** What Excel, LibreOffice and Google Sheets take for the start of a formula, full-width letters included. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** A plain number is none, though it may begin with a minus. */
const NUMBER = /^-?\d+(\.\d+)?$/;
/**
 * Where a formula may begin within a cell. Excel separates cells by semicolons in German, French and other languages, and
 * programs that guess the separator may find others. Quotes that do not follow that separator then quote nothing. The pattern
 * takes all spaces and quotes at once, with a formula behind them or without: it tries no place twice.
 */
const SEPARATORS = /[;|\t\r\n][\s"]*([=+\-@＝＋－＠])?/g;

/** Rows as UTF-8 CSV text with CRLF, each cell as text: an apostrophe stands before what would be a formula. */
export function toSafeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${csvRow(cells.map(safeCell))}\r\n`).join('');
}

/** A cell's text with an apostrophe before whatever would be a formula, by whichever separator the row is read. */
export function safeCell(text: string): string {
  const safe = text.replace(SEPARATORS, (found, formula) => (formula ? found.replace(/[;|\t\r\n]/g, "$&'") : found));
  return FORMULA.test(safe) && !NUMBER.test(safe) ? `'${safe}` : safe;
}
