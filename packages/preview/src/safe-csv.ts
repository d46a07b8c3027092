/** Writes CSV for spreadsheets. No cell can start a formula. */
import { csvRow } from './csv-row.ts';

/** Characters that start a formula in Excel, LibreOffice or Google Sheets, including full-width ones. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** A plain number is not a formula, even with a minus sign. */
const NUMBER = /^-?\d+(\.\d+)?$/;
/**
 * Matches the places within a cell where a formula may begin.
 *
 * Excel separates cells by semicolons in German, French and other languages. Programs that guess the separator may
 * choose other characters. With another separator, a quote is literal text unless it directly follows that separator.
 * The pattern always consumes all spaces and quotes, so it takes linear time.
 */
const SEPARATORS = /[;|\t\r\n][\s"]*([=+\-@＝＋－＠])?/g;

/** Returns rows as CSV text with CRLF line ends. An apostrophe precedes every possible formula. */
export function toSafeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${csvRow(cells.map(safeCell))}\r\n`).join('');
}

/** Returns a cell's text with an apostrophe before every possible formula, whichever separator the reader uses. */
export function safeCell(text: string): string {
  const safe = text.replace(SEPARATORS, (found, formula) => (formula ? found.replace(/[;|\t\r\n]/g, "$&'") : found));
  return FORMULA.test(safe) && !NUMBER.test(safe) ? `'${safe}` : safe;
}
