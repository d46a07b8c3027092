/** Reads rows of any CSV as text. Used to show a row, and to detect a file's feed by the header. */
import { atMost, isCompressed, readBeginning } from './expand.ts';
import { bomLength, HEAD_BYTES, MOST_COLUMNS } from './header.ts';
import { strip } from './job-text.ts';
import { LARGE_BLOCK_BYTES } from './read-csv.ts';
import { Records } from './records.ts';
import { BlockSource, type CsvBytes, piecesOf } from './source.ts';
import { textOf } from './utf8.ts';

const BLOCK_BYTES = 1 << 20;

export interface FileRow {
  /** The row number as a spreadsheet shows it. The header is row 1. */
  readonly rowNo: number;
  readonly cells: readonly string[];
}

export interface FileRows {
  /** The first row that is not empty. */
  readonly header: readonly string[];
  readonly rows: readonly FileRow[];
}

/** Returns the header and the first rows, as far as they are within the first 64 KiB. */
export async function readHead(source: CsvBytes, { name }: { readonly name: string }): Promise<FileRows> {
  const head = await readBeginning(source, { name, bytes: HEAD_BYTES });
  const rows: FileRow[] = [];
  const start = bomLength(head);
  const isWhole = head.length < HEAD_BYTES;
  rowsOf(head.subarray(start), head.length - start, isWhole, 1, (row) => {
    rows.push(row);
    return true;
  });
  return withHeader(rows);
}

/** Which rows of a file to read. */
export interface RowsRequest {
  readonly name: string;
  /** The first and the last row number, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** The maximum number of expanded bytes; no limit by default. */
  readonly bytesAtMost?: number;
}

/**
 * Reads the header and the rows `from` to `to`, both inclusive. Stops at a row that is too long for the job.
 *
 * @throws FileTooLargeError The file has more bytes than `bytesAtMost`.
 */
export async function readRows(
  source: CsvBytes,
  { name, from, to, bytesAtMost = Number.POSITIVE_INFINITY }: RowsRequest,
): Promise<FileRows> {
  const blocks = new BlockSource(atMost(piecesOf(source, isCompressed(name)), bytesAtMost));
  const found: FileRow[] = [];
  let header: FileRow | undefined;
  let rest = new Uint8Array(0);
  let rowNo = 1;
  for (let isFirst = true, goesOn = true; goesOn; isFirst = false) {
    // Doubles the data at each step until a long row is complete. Fixed steps would scan the row again for every block.
    const requested = Math.max(BLOCK_BYTES, rest.length);
    const block = await blocks.read(requested);
    const isLast = block.length < requested - 1;
    const skipped = isFirst ? bomLength(block) : 0;
    const data = new Uint8Array(rest.length + block.length - skipped);
    data.set(rest);
    data.set(block.subarray(skipped), rest.length);
    const consumed = rowsOf(data, data.length, isLast, rowNo, (row) => {
      rowNo = row.rowNo + 1;
      if (header === undefined && hasValue(row)) header = row;
      else if (row.rowNo >= from && row.rowNo <= to) found.push(row);
      return row.rowNo < to || header === undefined;
    });
    goesOn = !isLast && (rowNo <= to || header === undefined);
    rest = data.slice(consumed);
    if (rest.length > LARGE_BLOCK_BYTES) break;
  }
  return { header: header?.cells ?? [], rows: found };
}

/** Passes rows to `take` until `take` returns false. Returns the number of bytes of the rows that were passed. */
function rowsOf(
  bytes: Uint8Array,
  length: number,
  isFinal: boolean,
  firstRowNo: number,
  take: (row: FileRow) => boolean,
): number {
  const buffer = new Uint8Array(2 * length);
  buffer.set(bytes.subarray(0, length));
  // Cells beyond the width are only counted.
  const records = new Records(MOST_COLUMNS);
  records.read(buffer, length);
  for (let rowNo = firstRowNo; records.next(isFinal); rowNo++) {
    const isEmptyLine = records.lineStart === records.lineEnd;
    const count = isEmptyLine ? 0 : Math.min(records.count, MOST_COLUMNS);
    const cells = Array.from({ length: count }, (_, index) => textOf(records.cell(index)));
    if (!take({ rowNo, cells })) break;
  }
  return records.offset;
}

function withHeader(rows: readonly FileRow[]): FileRows {
  const headerIndex = rows.findIndex(hasValue);
  if (headerIndex < 0) return { header: [], rows: [] };
  return { header: rows[headerIndex]?.cells ?? [], rows: rows.slice(headerIndex + 1) };
}

function hasValue({ cells }: FileRow): boolean {
  return cells.some((cell) => strip(cell) !== '');
}
