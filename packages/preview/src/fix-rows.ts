/** Rows put right within their file: every other byte stays as it was. */
import { joined } from './bytes.ts';
import { bomLength } from './header.ts';
import { Records } from './records.ts';

/** A row's new cells, in the order of the file's header. */
export interface RowFix {
  /** The row as a spreadsheet shows it: the header is 1. */
  readonly rowNo: number;
  readonly cells: readonly string[];
}

/** The file has fewer rows than a fix says: it is another version than the one that was looked at. */
export class MissingRowError extends Error {
  override readonly name = 'MissingRowError';

  constructor(rowNo: number) {
    super(`The file has no row ${rowNo}: it was changed meanwhile. Look at it again.`);
  }
}

/**
 * Replaces rows of a CSV.
 *
 * @param bytes the file, expanded
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
  return joined([...pieces, bytes.subarray(copied)]);
}

/** One row of CSV (RFC 4180) without its line end. */
export function csvRow(cells: readonly string[]): string {
  // A row of one empty cell would be an empty line, which is no row.
  if (cells.length === 1 && cells[0] === '') return '""';
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

/** A quoted part with what stands behind it, or a bare cell; a line end is text like any other. */
const CELL = /"([^"]*(?:""[^"]*)*)"?([^,]*)|[^,]*/y;

/**
 * The cells of one row, as the quarantine keeps it: a line end within a cell is not quoted there, so the row goes on to the
 * end of the text.
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
