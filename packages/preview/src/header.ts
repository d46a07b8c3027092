/** Reads the header of a CSV and checks it against the contract. */
import type { Column } from './contract.ts';
import { escapeInvisible, first, strip } from './job-text.ts';
import { Records } from './records.ts';
import { UploadRejectedError } from './rejection.ts';
import { isUtf8, textOf } from './utf8.ts';

/** The header must be within this many bytes. */
export const HEAD_BYTES = 64 << 10;
/** The maximum number of columns, the same as in the job. Real bank statements have fewer columns. */
export const MOST_COLUMNS = 512;
const HEADER_SHOWN = 80;
const HEADERS_SHOWN = 20;

/** The header of a CSV file. */
export interface Header {
  /** The headers as the file spells them. */
  readonly names: readonly string[];
  /** Maps each contract column that the file has to the column's index in the file. */
  readonly positions: ReadonlyMap<string, number>;
  /** The headers that do not belong to the contract. */
  readonly ignored: readonly string[];
  /** The row number of the header: 1, or more if empty lines precede it. */
  readonly rowNo: number;
}

const UTF_16 = 'The file is UTF-16. Save it again as “CSV UTF-8”.';
const SIGNATURES: readonly (readonly [bytes: readonly number[], code: string, reason: string])[] = [
  [[0xff, 0xfe], 'not_utf8', UTF_16],
  [[0xfe, 0xff], 'not_utf8', UTF_16],
  [[0x50, 0x4b, 3, 4], 'not_csv', 'The file is an Excel workbook or a zip archive. Open it and save the sheet as CSV.'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'not_csv', 'The file is an old Excel workbook. Open it and save the sheet as CSV.'],
  [[0x25, 0x50, 0x44, 0x46], 'not_csv', 'The file is a PDF. Export the transactions as CSV.'],
  [[0x1f, 0x8b], 'not_csv', 'The file is compressed with gzip. Rename it so that its name ends in .csv.gz.'],
];

/**
 * Reads the header from the first bytes of a file.
 *
 * @param cut the fault that made the bytes end early, or null
 * @throws UploadRejectedError The file is not a CSV of this feed.
 */
export function readHeader(
  head: Uint8Array,
  cut: UploadRejectedError | null,
  feed: string,
  columns: readonly Column[],
): Header {
  const start = bomLength(head);
  if (head.subarray(start).every(isAsciiSpace)) {
    throw cut ?? new UploadRejectedError('empty_file', 'The file is empty. Upload it again with a header and rows.');
  }
  for (const [bytes, code, reason] of SIGNATURES) {
    if (bytes.every((byte, index) => head[index] === byte)) throw new UploadRejectedError(code, reason);
  }
  const { names, rowNo } = firstRecord(head.subarray(start), cut);
  return matchHeader(names, rowNo, feed, columns);
}

/** Returns the length of a UTF-8 byte order mark at the start: 3 or 0. */
export function bomLength(bytes: Uint8Array): 0 | 3 {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Whether Python's `bytes.strip()` removes the byte. */
function isAsciiSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Returns the cells and the row number of the first record that is not empty. */
function firstRecord(head: Uint8Array, cut: UploadRejectedError | null): { names: readonly string[]; rowNo: number } {
  const records = new Records(head.length + 1);
  const bytes = new Uint8Array(2 * head.length);
  bytes.set(head);
  records.read(bytes, head.length);
  for (let rowNo = 1; ; rowNo++) {
    const isEmptyLine = bytes[records.offset] === 0x0a || bytes[records.offset] === 0x0d;
    if (!records.next(true)) break;
    if (isEmptyLine) continue;
    const cells = Array.from({ length: records.count }, (_, index) => records.cell(index).slice());
    // Validates the line with its quotes. Without the quotes between them, invalid bytes could form a valid character.
    const isValid = isUtf8(records.line());
    if (isValid && cells.every((cell) => strip(textOf(cell)) === '')) continue;
    if (!isValid) {
      throw new UploadRejectedError('not_utf8', 'The header is not UTF-8. Save the file again as “CSV UTF-8”.');
    }
    const isEnded = records.offset > records.lineEnd;
    if (cut !== null && !isEnded) break;
    if (cells.some((cell) => cell.includes(0))) {
      throw new UploadRejectedError(
        'not_csv',
        'The header contains NUL bytes, so the file is binary or UTF-16. Save it again as “CSV UTF-8”.',
      );
    }
    return { names: cells.map(textOf), rowNo };
  }
  throw (
    cut ??
    new UploadRejectedError('empty_file', 'The file has only empty lines. Upload it again with a header and rows.')
  );
}

function matchHeader(names: readonly string[], rowNo: number, feed: string, columns: readonly Column[]): Header {
  if (names.length > MOST_COLUMNS) {
    throw new UploadRejectedError(
      'too_many_columns',
      `The header has more than ${MOST_COLUMNS} columns. Keep only the columns of ${feed} and upload the file again.`,
    );
  }
  const normalised = names.map((name) => strip(name).toLowerCase());
  const known = new Set(columns.map(({ header }) => header));
  const missing = columns.filter((column) => column.requiredHeader && !normalised.includes(column.header));
  if (missing.length > 0) {
    const found = names
      .slice(0, HEADERS_SHOWN)
      .map((name) => shownName(name) || '(empty)')
      .join(', ');
    const needed = missing.map(({ header }) => header).join(', ');
    throw new UploadRejectedError(
      'missing_header',
      `The header is missing ${needed}, which a file of ${feed} needs. The header has ${found}. ${missingAdvice(names)}`,
    );
  }
  const repeated = [...known].filter((name) => normalised.filter((other) => other === name).length > 1).sort();
  if (repeated.length > 0) {
    throw new UploadRejectedError(
      'duplicate_header',
      `The header names ${repeated.join(', ')} more than once. Keep one column of each name.`,
    );
  }
  return {
    names,
    positions: new Map(normalised.flatMap((name, index) => (known.has(name) ? [[name, index]] : []))),
    ignored: names.map(strip).filter((name, index) => name !== '' && !known.has(normalised[index] ?? '')),
    rowNo,
  };
}

function missingAdvice([name = '', ...others]: readonly string[]): string {
  const separated = others.length > 0 ? null : name.includes(';') ? 'semicolons' : name.includes('\t') ? 'tabs' : null;
  return separated === null
    ? 'Add the missing columns and upload the file again.'
    : `Save the file with commas instead of ${separated} between its columns.`;
}

/** Returns the rejection for a byte that is not UTF-8. The message shows the text around the byte. */
export function notUtf8(rowNo: number, name: string | undefined, byte: number, asLatin1: string): UploadRejectedError {
  const column = name === undefined ? '' : `, column ${shownName(name)}`;
  const digits = byte.toString(16).toUpperCase().padStart(2, '0');
  return new UploadRejectedError(
    'not_utf8',
    `Row ${rowNo}${column}: the byte 0x${digits} is not UTF-8 (${escapeInvisible(asLatin1)} if it is Latin-1). ` +
      'Save the file again as “CSV UTF-8”.',
  );
}

function shownName(name: string): string {
  return first(strip(name), HEADER_SHOWN);
}
