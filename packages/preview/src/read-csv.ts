/** One pass over a CSV in bounded memory, block by block as the job takes them, so that both come upon the same fault first. */
import { joined } from './bytes.ts';
import { type Column, type Contract, columnsOf } from './contract.ts';
import { bomLength, HEAD_BYTES, type Header, notUtf8, readHeader } from './header.ts';
import { rowText } from './job-text.ts';
import { Records } from './records.ts';
import { UploadRejectedError } from './rejection.ts';
import { type BlockSource, NUL_STAND_IN } from './source.ts';
import { isUtf8, latin1, textOf } from './utf8.ts';

const MIB = 1 << 20;
/** Rows are parsed a block at a time. A CSV that holds a longer record is read again with the larger block. */
export const BLOCK_BYTES = 4 * MIB;
export const LARGE_BLOCK_BYTES = 32 * MIB;

/** A record does not fit into a block. */
export class RecordTooLongError extends Error {
  override readonly name = 'RecordTooLongError';
}

/** What is told of each record after the header; `records` is at it. */
export interface RowSink {
  row(rowNo: number, records: Records): void;
  ragged(rowNo: number, records: Records): void;
  /** After the records of a block. */
  endBlock(): void;
}

/** One pass over a CSV of a feed. */
export class CsvReader {
  readonly header: Header;
  readonly source: BlockSource;
  readonly #blockBytes: number;
  readonly #endMark: Uint8Array;

  /**
   * Reads the head of a file.
   *
   * @throws UploadRejectedError The file is no CSV of this feed.
   */
  static async open(source: BlockSource, contract: Contract, blockBytes = BLOCK_BYTES): Promise<CsvReader> {
    const columns: readonly Column[] = columnsOf(contract);
    const header = readHeader(await source.peek(HEAD_BYTES), contract.name, columns);
    return new CsvReader(source, header, blockBytes);
  }

  private constructor(source: BlockSource, header: Header, blockBytes: number) {
    this.source = source;
    this.header = header;
    this.#blockBytes = blockBytes;
    // A row of our own after the file's last: it is found again, unless the file ends within a quoted cell.
    const random = crypto.getRandomValues(new Uint8Array(16));
    const mark = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
    this.#endMark = new TextEncoder().encode(mark + ','.repeat(header.names.length));
    const lineEnd = new Uint8Array([0x0a]);
    source.append(joined([lineEnd, this.#endMark, lineEnd]));
  }

  /** A cell's or a line's text as it stands in the file. */
  textOf(bytes: Uint8Array): string {
    const text = textOf(bytes);
    return this.source.hasNul ? text.replaceAll(String.fromCharCode(NUL_STAND_IN), '\0') : text;
  }

  /**
   * Tells of the rows after the header. Rows without any value (an empty line, or only commas) are left out.
   *
   * @param onBlock is called before each block and may end the reading by an error
   * @throws UploadRejectedError The file is not UTF-8, ends within a quoted cell or a gzip stream, or grows too large.
   * @throws RecordTooLongError A record is longer than a block.
   */
  async rows(sink: RowSink, onBlock: () => void | Promise<void> = () => {}): Promise<void> {
    const records = new Records(this.header.names.length);
    let rowNo = 0;
    let endSeen = false;
    let carried: Uint8Array = new Uint8Array(0);
    let memory: Uint8Array = new Uint8Array(0);
    let block = await this.source.read(this.#blockBytes);
    let skipped = bomLength(block);
    while (block.length > 0) {
      await onBlock();
      const next = await this.source.read(this.#blockBytes);
      const isFinal = next.length === 0;
      const fresh = skipped > 0 ? block.subarray(skipped) : block;
      skipped = 0;
      const size = carried.length + fresh.length;
      if (memory.length < 2 * size) memory = new Uint8Array(2 * size);
      memory.set(carried);
      memory.set(fresh, carried.length);
      records.read(memory, size);
      if (!isUtf8(memory.subarray(0, soundEnd(memory, size)))) this.#refuseMalformed(memory, size, isFinal, rowNo);

      while (records.next(isFinal)) {
        rowNo++;
        if (records.count !== records.starts.length) {
          if (this.#isEndMark(records)) endSeen = true;
          else sink.ragged(rowNo, records);
        } else if (rowNo > this.header.rowNo && hasValue(records)) {
          sink.row(rowNo, records);
        }
      }
      if (carried.length > 0 && records.at === 0 && !isFinal) throw new RecordTooLongError();
      sink.endBlock();
      carried = memory.slice(records.at, size);
      block = next;
    }
    if (!endSeen) {
      throw new UploadRejectedError(
        'open_quote',
        `Row ${rowNo} opens a quote that is never closed, so the rest of the file is one cell: ` +
          'close the quote, or double it where it belongs to the text.',
      );
    }
  }

  #isEndMark(records: Records): boolean {
    if (records.lineEnd - records.lineStart !== this.#endMark.length) return false;
    const line = records.line();
    return this.#endMark.every((byte, index) => byte === line[index]);
  }

  /** Some bytes of a block are not UTF-8: the job looks at its ragged rows, then at its cells column by column. */
  #refuseMalformed(memory: Uint8Array, size: number, isFinal: boolean, rowsBefore: number): void {
    const records = new Records(this.header.names.length);
    records.read(memory, size);
    let rowNo = rowsBefore;
    let fault: { readonly column: number; readonly rowNo: number; readonly cell: Uint8Array } | null = null;
    while (records.next(isFinal)) {
      rowNo++;
      if (records.count !== records.starts.length) {
        if (!isUtf8(records.line())) {
          throw new UploadRejectedError('not_utf8', `Row ${rowNo} is not UTF-8: save the file again as “CSV UTF-8”.`);
        }
        continue;
      }
      const columns: number = fault === null ? records.count : fault.column;
      for (let column = 0; column < columns; column++) {
        const cell = records.cell(column);
        if (isUtf8(cell)) continue;
        fault = { column, rowNo, cell: cell.slice() };
        break;
      }
    }
    if (fault !== null) {
      const name = this.header.names[fault.column] ?? '';
      throw notUtf8(fault.cell, fault.rowNo, name, rowText([latin1(fault.cell)]));
    }
  }
}

function hasValue({ starts, ends }: Records): boolean {
  for (let index = 0; index < starts.length; index++) if (starts[index] !== ends[index]) return true;
  return false;
}

/** Without the bytes of a character that the block's end may have cut: what follows in the next block is looked at there. */
function soundEnd(bytes: Uint8Array, size: number): number {
  let end = size;
  while (end > 0 && (bytes[end - 1] as number) >= 0x80) end--;
  return end;
}
