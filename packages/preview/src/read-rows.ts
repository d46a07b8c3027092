/** Rows of a CSV as text, whatever feed it is of: to recognise it by its header, and to look at a line of it. */
import { bomLength, HEAD_BYTES } from './header.ts';
import { strip } from './job-text.ts';
import { Records } from './records.ts';
import { BlockSource, type CsvBytes, piecesOf } from './source.ts';
import { textOf } from './utf8.ts';

const BLOCK_BYTES = 1 << 20;
/** More columns than any statement has; of the cells beyond only the number is known. */
const COLUMNS_AT_MOST = 512;

export interface FileRow {
  /** The row as a spreadsheet shows it: the header is 1. */
  readonly rowNo: number;
  readonly cells: readonly string[];
}

export interface FileRows {
  /** The first row that holds anything. */
  readonly header: readonly string[];
  readonly rows: readonly FileRow[];
}

/** The header and the first rows, from the first 64 KiB. */
export async function readHead(source: CsvBytes, { name }: { readonly name: string }): Promise<FileRows> {
  const head = await new BlockSource(piecesOf(source, isCompressed(name))).peek(HEAD_BYTES);
  const rows: FileRow[] = [];
  const start = bomLength(head);
  const isWhole = head.length < HEAD_BYTES;
  rowsOf(head.subarray(start), head.length - start, isWhole, 1, (row) => {
    rows.push(row);
    return true;
  });
  return withHeader(rows);
}

/** Rows `from` to `to`, both inclusive, and the header. */
export async function readRows(
  source: CsvBytes,
  { name, from, to }: { readonly name: string; readonly from: number; readonly to: number },
): Promise<FileRows> {
  const blocks = new BlockSource(piecesOf(source, isCompressed(name)));
  const found: FileRow[] = [];
  let header: FileRow | undefined;
  let rest = new Uint8Array(0);
  let rowNo = 1;
  for (let isFirst = true, goesOn = true; goesOn; isFirst = false) {
    const block = await blocks.read(BLOCK_BYTES);
    const isLast = block.length < BLOCK_BYTES - 1;
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
  }
  return { header: header?.cells ?? [], rows: found };
}

/** @returns how many bytes the rows take that were read */
function rowsOf(
  bytes: Uint8Array,
  length: number,
  isFinal: boolean,
  firstRowNo: number,
  take: (row: FileRow) => boolean,
): number {
  const buffer = new Uint8Array(2 * length);
  buffer.set(bytes.subarray(0, length));
  const records = new Records(COLUMNS_AT_MOST);
  records.read(buffer, length);
  for (let rowNo = firstRowNo; records.next(isFinal); rowNo++) {
    const isEmptyLine = records.lineStart === records.lineEnd;
    const count = isEmptyLine ? 0 : Math.min(records.count, COLUMNS_AT_MOST);
    const cells = Array.from({ length: count }, (_, index) => textOf(records.cell(index)));
    if (!take({ rowNo, cells })) break;
  }
  return records.at;
}

function withHeader(rows: readonly FileRow[]): FileRows {
  const at = rows.findIndex(hasValue);
  return at < 0 ? { header: [], rows: [] } : { header: rows[at]?.cells ?? [], rows: rows.slice(at + 1) };
}

function hasValue({ cells }: FileRow): boolean {
  return cells.some((cell) => strip(cell) !== '');
}

function isCompressed(name: string): boolean {
  return /\.gz$/i.test(name);
}
