/** Reads a CSV once, with bounded memory and in the same blocks as the job. */
import { type Column, type Contract, columnsOf } from './contract.ts';
import { type CsvSource, SHOWN_BYTES } from './csv-source.ts';
import { bomLength, HEAD_BYTES, type Header, notUtf8, readHeader } from './header.ts';
import { Records } from './records.ts';
import { UploadRejectedError } from './rejection.ts';
import { formatMebibytes } from './source.ts';
import { latin1, textOf } from './utf8.ts';

const MIB = 1 << 20;
const MOST_EXPANSION = 100;
/** The block size in bytes. A CSV with a longer record is read again in larger blocks. */
export const BLOCK_BYTES = 4 * MIB;
export const LARGE_BLOCK_BYTES = 32 * MIB;

/** Thrown if a record does not fit into a block. */
export class RecordTooLongError extends Error {
  override readonly name = 'RecordTooLongError';
}

/** The maximum size of a CSV, and the error for a larger CSV. */
export interface CsvLimit {
  readonly bytes: number;
  readonly fault: UploadRejectedError;
}

/** Returns the size limit for a CSV. The limit for a gzip file also depends on its compressed size `gzipBytes`. */
export function limitCsv(expandedBytes: number, gzipBytes: number | null): CsvLimit {
  const bytes = gzipBytes === null ? expandedBytes : Math.max(MIB, MOST_EXPANSION * gzipBytes);
  if (bytes < expandedBytes) {
    const fault = new UploadRejectedError(
      'expands_too_much',
      `The compressed file expands to more than ${MOST_EXPANSION} times its size, which no statement does. Upload the uncompressed CSV.`,
    );
    return { bytes, fault };
  }
  const fault = new UploadRejectedError(
    'too_large',
    `The CSV is larger than ${formatMebibytes(expandedBytes)} MiB. Split it into several files.`,
  );
  return { bytes: expandedBytes, fault };
}

/** Receives the rows after the header. `records` contains the current row. */
export interface RowSink {
  row(rowNo: number, records: Records): void;
  ragged(rowNo: number, records: Records): void;
}

/** The row and the cell in which the source ended the bytes. */
interface Cut {
  readonly rowNo: number;
  readonly cell: number;
  /** The text of the row, as far as the bytes contain it. */
  readonly text: string;
}

/**
 * Reads a CSV of a feed once. If the file has several faults, it reports the first of them in the order that the job's
 * `rejection.py` documents.
 */
export class CsvReader {
  readonly header: Header;
  readonly #source: CsvSource;
  readonly #limit: CsvLimit;
  readonly #blockBytes: number;

  /**
   * Reads the header of a file.
   *
   * @param limit the maximum size of the CSV, and the error for a larger CSV
   * @throws UploadRejectedError The file is not a CSV of this feed.
   */
  static async open(
    source: CsvSource,
    contract: Contract,
    limit: CsvLimit,
    blockBytes = BLOCK_BYTES,
  ): Promise<CsvReader> {
    const columns: readonly Column[] = columnsOf(contract);
    const { head, isCut } = await source.peek(HEAD_BYTES);
    try {
      const header = readHeader(head, isCut ? limit.fault : null, contract.name, columns);
      return new CsvReader(source, header, limit, blockBytes);
    } catch (error) {
      if (error instanceof UploadRejectedError) await source.checkCompression();
      throw error;
    }
  }

  private constructor(source: CsvSource, header: Header, limit: CsvLimit, blockBytes: number) {
    this.header = header;
    this.#source = source;
    this.#limit = limit;
    this.#blockBytes = blockBytes;
    source.setColumns(header.names.length);
  }

  /** Returns the text of a cell or a line as the file contains it. */
  textOf(bytes: Uint8Array): string {
    return this.#source.unescaped(textOf(bytes));
  }

  /**
   * Passes the rows after the header to a sink. Skips rows without any value: empty lines, and lines with only commas.
   *
   * @param onBlock called before each block; may throw to stop reading
   * @throws UploadRejectedError The file is not UTF-8, ends within a quoted cell or a gzip stream, or is too large.
   * @throws RecordTooLongError A record is longer than a block.
   */
  async rows(sink: RowSink, onBlock: () => void | Promise<void> = () => {}): Promise<void> {
    const source = this.#source;
    const records = new Records(this.header.names.length);
    const endMark = new TextEncoder().encode(source.endMarker);
    const cutMark = new TextEncoder().encode(`x"${source.endMarker}`);
    let rowNo = 0;
    let endSeen = false;
    let cut: Cut | null = null;
    let carried: Uint8Array = new Uint8Array(0);
    let memory: Uint8Array = new Uint8Array(0);
    let block = await source.read(this.#blockBytes);
    let skipped = bomLength(block);
    while (block.length > 0) {
      await onBlock();
      const next = await source.read(this.#blockBytes);
      const isFinal = next.length === 0;
      const fresh = skipped > 0 ? block.subarray(skipped) : block;
      skipped = 0;
      const size = carried.length + fresh.length;
      if (memory.length < 2 * size) memory = new Uint8Array(2 * size);
      memory.set(carried);
      memory.set(fresh, carried.length);
      records.read(memory, size);

      while (records.next(isFinal)) {
        rowNo++;
        if (records.count !== records.starts.length) {
          const line = records.line();
          if (line.length === endMark.length && endsWith(line, endMark)) endSeen = true;
          else if (endsWith(line, cutMark)) {
            const text = this.textOf(line.subarray(0, line.length - cutMark.length));
            // The end marker adds one cell for each column of the header.
            cut = { rowNo, cell: records.count - records.starts.length - 1, text };
          } else sink.ragged(rowNo, records);
        } else if (rowNo > this.header.rowNo && hasValue(records)) {
          sink.row(rowNo, records);
        }
      }
      if (carried.length > 0 && records.offset === 0 && !isFinal) throw new RecordTooLongError();
      carried = memory.slice(records.offset, size);
      block = next;
    }
    this.#refuseEarlyEnd(cut);
    if (!endSeen) {
      throw new UploadRejectedError(
        'open_quote',
        `Row ${rowNo} opens a quote that is never closed, so the rest of the file becomes one cell. ` +
          'Close the quote, or double it if it is part of the text.',
      );
    }
  }

  /** Throws the fault if the source ended the bytes before the end of the file. */
  #refuseEarlyEnd(cut: Cut | null): void {
    const { compressionFault, malformed } = this.#source;
    if (compressionFault !== null) throw compressionFault;
    if (malformed !== null && cut !== null) {
      const text = new TextEncoder().encode(cut.text).subarray(-SHOWN_BYTES);
      const before = text.subarray(text.findLastIndex(endsShown) + 1);
      const end = malformed.following.findIndex(endsShown);
      const after = end < 0 ? malformed.following : malformed.following.subarray(0, end);
      const asLatin1 = latin1(before) + String.fromCharCode(malformed.byte) + latin1(after);
      throw notUtf8(cut.rowNo, this.header.names[cut.cell], malformed.byte, asLatin1);
    }
    if (this.#source.tooLarge) throw this.#limit.fault;
  }
}

/** Whether the shown text ends at this byte: at a control character, a comma or a quote. */
function endsShown(byte: number): boolean {
  return byte < 0x20 || byte === 0x7f || byte === 0x2c || byte === 0x22;
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const from = bytes.length - end.length;
  return from >= 0 && end.every((byte, index) => byte === bytes[from + index]);
}

function hasValue({ starts, ends }: Records): boolean {
  for (let index = 0; index < starts.length; index++) if (starts[index] !== ends[index]) return true;
  return false;
}
