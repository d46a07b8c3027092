/**
 * Splits bytes into records and cells exactly like pyarrow, the job's reader.
 *
 * Papa Parse cannot replace this code, because it splits some files differently (cases: test/papa-parse.test.ts):
 *
 * - Text after a closing quote: pyarrow splits `"ab"cd,e` into `abcd` and `e`. Papa Parse ends the cell only at a quote
 * that a comma or a line end follows. So it joins cells and rows that the job separates. It also removes the space from
 * `"b" ,`.
 * - Line ends: pyarrow accepts a mix of LF, CRLF and CR. Papa Parse guesses one kind for the whole file.
 * - Bytes that are not UTF-8: Papa Parse works on decoded text, so it cannot report their row, column and value.
 * - Speed: Papa Parse decodes every cell, although checks, sums and fingerprints only need bytes.
 */

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;
/** 1 for each byte that ends an unquoted cell. */
const ENDS_CELL = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte === COMMA || byte === LF || byte === CR));

/**
 * Iterates over the records of a buffer without creating objects.
 *
 * After `next()`, cell `i` is `bytes[starts[i] … ends[i])`. Unescaped cells are written after the data, so the buffer
 * must be twice as long as the data. The next record overwrites the unescaped cells.
 */
export class Records {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  bytes: Uint8Array = new Uint8Array(0);
  /** The number of cells in the record. Cells beyond the width are counted, but not stored. */
  count = 0;
  /** Where the record starts and ends. The end excludes the line end. */
  lineStart = 0;
  lineEnd = 0;
  /** Where the next record starts. */
  offset = 0;
  /** Where the data ends. */
  end = 0;
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
    this.starts = new Int32Array(width);
    this.ends = new Int32Array(width);
  }

  /** Prepares to read the records in `bytes[0 … end)`. */
  read(bytes: Uint8Array, end: number): void {
    if (bytes.length < 2 * end)
      throw new RangeError('The buffer has no room to unescape cells. Make it twice as long as the data.');
    this.bytes = bytes;
    this.end = end;
    this.offset = 0;
  }

  /**
   * Reads the next record.
   *
   * @param isFinal whether the data ends with the file. The last record then needs no line end.
   * @returns false if the data contains no further complete record
   */
  next(isFinal: boolean): boolean {
    const { bytes, end, starts, ends } = this;
    let offset = this.offset;
    if (offset >= end) return false;
    this.lineStart = offset;
    let delimiter = bytes[offset] as number;
    if (delimiter === LF || delimiter === CR) return this.#emptyLine(delimiter);
    const width = this.#width;
    let scratch = end;
    let count = 0;
    for (;;) {
      let from = offset;
      let to: number;
      if (offset < end && bytes[offset] === QUOTE) {
        from = ++offset;
        let copied = -1;
        for (;;) {
          while (offset < end && bytes[offset] !== QUOTE) offset++;
          if (offset === end) break; // within the quotes
          if (offset + 1 < end && bytes[offset + 1] === QUOTE) {
            // At a doubled quote, copy the text before the quotes and one of the two quotes.
            if (copied < 0) copied = scratch;
            bytes.copyWithin(scratch, from, offset + 1);
            scratch += offset + 1 - from;
            offset += 2;
            from = offset;
            continue;
          }
          break;
        }
        to = offset;
        if (offset < end) {
          offset++; // the closing quote
          const plain = offset;
          while (offset < end && !ENDS_CELL[bytes[offset] as number]) offset++;
          if (offset > plain) {
            // Text after the closing quote belongs to the cell, including quotes.
            if (copied < 0) copied = scratch;
            bytes.copyWithin(scratch, from, to);
            scratch += to - from;
            bytes.copyWithin(scratch, plain, offset);
            scratch += offset - plain;
            from = to = scratch;
          }
        }
        if (copied >= 0) {
          if (to > from) {
            bytes.copyWithin(scratch, from, to);
            scratch += to - from;
          }
          from = copied;
          to = scratch;
        }
      } else {
        while (offset < end && !ENDS_CELL[bytes[offset] as number]) offset++;
        to = offset;
      }
      if (count < width) {
        starts[count] = from;
        ends[count] = to;
      }
      count++;
      if (offset >= end) {
        if (!isFinal) return false;
        this.lineEnd = end;
        break;
      }
      delimiter = bytes[offset++] as number;
      if (delimiter === COMMA) continue;
      this.lineEnd = offset - 1;
      if (delimiter === CR && offset < end && bytes[offset] === LF) offset++;
      break;
    }
    this.count = count;
    this.offset = offset;
    return true;
  }

  /** Returns the bytes of a cell, which are valid until the next record is read. */
  cell(index: number): Uint8Array {
    return this.bytes.subarray(this.starts[index], this.ends[index]);
  }

  /** Returns the bytes of the record as the file contains them, without the line end. */
  line(): Uint8Array {
    return this.bytes.subarray(this.lineStart, this.lineEnd);
  }

  /** Treats an empty line as a record of empty cells. */
  #emptyLine(delimiter: number): true {
    this.starts.fill(this.offset);
    this.ends.fill(this.offset);
    this.count = this.#width;
    this.lineEnd = this.offset;
    this.offset += delimiter === CR && this.offset + 1 < this.end && this.bytes[this.offset + 1] === LF ? 2 : 1;
    return true;
  }
}
