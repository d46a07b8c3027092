/** Replaces rows in a CSV file and keeps every other byte. */
import { concatBytes } from './bytes.ts';
import { csvRow } from './csv-row.ts';
import { bomLength } from './header.ts';
import { Records } from './records.ts';

/** A row's new cells, in the order of the file's header. */
export interface RowFix {
  /** The row number as a spreadsheet shows it. The header is row 1. */
  readonly rowNo: number;
  readonly cells: readonly string[];
}

/** Thrown if a fix names a row that does not exist, because the file has changed since it was read. */
export class MissingRowError extends Error {
  override readonly name = 'MissingRowError';

  constructor(rowNo: number) {
    super(`The file no longer has a row ${rowNo}, because somebody changed the file. Check the file again.`);
  }
}

/**
 * Replaces rows of a CSV.
 *
 * @param bytes the expanded file
 * @throws MissingRowError
 */
export function replaceRows(bytes: Uint8Array, fixes: readonly RowFix[]): Uint8Array {
  const waiting = new Map(fixes.map((fix) => [fix.rowNo, fix.cells]));
  const start = bomLength(bytes);
  const buffer = new Uint8Array(2 * (bytes.length - start));
  buffer.set(bytes.subarray(start));
  const records = new Records(1);
  records.read(buffer, bytes.length - start);
  const pieces: Uint8Array[] = [];
  let copied = 0;
  for (let rowNo = 1; waiting.size > 0 && records.next(true); rowNo++) {
    const cells = waiting.get(rowNo);
    if (cells === undefined) continue;
    waiting.delete(rowNo);
    pieces.push(bytes.subarray(copied, start + records.lineStart), new TextEncoder().encode(csvRow(cells)));
    copied = start + records.lineEnd;
  }
  const [missing] = waiting.keys();
  if (missing !== undefined) throw new MissingRowError(missing);
  return concatBytes([...pieces, bytes.subarray(copied)]);
}

/** Matches a quoted part with the text after it, or an unquoted cell. A line end is ordinary text here. */
const CELL = /"([^"]*(?:""[^"]*)*)"?([^,]*)|[^,]*/y;

/**
 * Splits the stored text of a quarantined row into its cells. The stored text is always one row. A line end in the text
 * is therefore part of a cell, even without quotes.
 */
export function parseRow(rawText: string): string[] {
  const cells: string[] = [];
  CELL.lastIndex = 0;
  do {
    const [bare = '', quoted, behind = ''] = CELL.exec(rawText) ?? [];
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"') + behind);
  } while (rawText[CELL.lastIndex++] === ',');
  return cells;
}
