/**
 * Splits bytes into records and cells exactly like pyarrow, the job's reader.
 *
 * Papa Parse cannot replace this code, because it returns other cells (test/papa-parse.test.ts has the cases):
 *
 * - text after a closing quote: pyarrow splits `"ab"cd,e` into `abcd` and `e`. Papa reads on to a quote before a comma or
 *   a line end, so it joins cells and rows that the job keeps apart. `"b" ,` loses its space.
 * - line ends: pyarrow accepts a mix of LF, CRLF and CR. Papa guesses one of them for the whole file.
 * - text: Papa works on decoded text. So it cannot report the row, column and value of bytes that are not UTF-8, and it decodes
 *   every cell although checks, sums and fingerprints only need bytes.
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
 * After `next()`, cell `i` is `bytes[starts[i] … ends[i])`. Cells that need unescaping are written after the data, so the
 * buffer must be twice as long as the data. The next record overwrites them.
 */
export class Records {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  bytes: Uint8Array = new Uint8Array(0);
  /** The number of cells of the record. Cells beyond the width are only counted. */
  count = 0;
  /** The start of the record, and its end without the line end. */
  lineStart = 0;
  lineEnd = 0;
  /** The start of the next record. */
  at = 0;
  /** The end of the data. */
  end = 0;
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
    this.starts = new Int32Array(width);
    this.ends = new Int32Array(width);
  }

  /** Starts to read `bytes[0 … end)`. */
  read(bytes: Uint8Array, end: number): void {
    if (bytes.length < 2 * end)
      throw new RangeError('The buffer has no room to unescape cells. Make it twice as long as the data.');
    this.bytes = bytes;
    this.end = end;
    this.at = 0;
  }

  /**
   * Reads the next record.
   *
   * @param isFinal whether the data ends with the file, so that its last record needs no line end
   * @returns false if no complete record is left
   */
  next(isFinal: boolean): boolean {
    const { bytes, end, starts, ends } = this;
    let at = this.at;
    if (at >= end) return false;
    this.lineStart = at;
    let mark = bytes[at] as number;
    if (mark === LF || mark === CR) return this.#emptyLine(mark);
    const width = this.#width;
    let scratch = end;
    let count = 0;
    for (;;) {
      let from = at;
      let to: number;
      if (at < end && bytes[at] === QUOTE) {
        from = ++at;
        let copied = -1;
        for (;;) {
          while (at < end && bytes[at] !== QUOTE) at++;
          if (at === end) break; // within the quotes
          if (at + 1 < end && bytes[at + 1] === QUOTE) {
            // A doubled quote: copies the text before it and one of the two quotes.
            if (copied < 0) copied = scratch;
            bytes.copyWithin(scratch, from, at + 1);
            scratch += at + 1 - from;
            at += 2;
            from = at;
            continue;
          }
          break;
        }
        to = at;
        if (at < end) {
          at++; // the closing quote
          const plain = at;
          while (at < end && !ENDS_CELL[bytes[at] as number]) at++;
          if (at > plain) {
            // Text after the closing quote belongs to the cell, including quotes.
            if (copied < 0) copied = scratch;
            bytes.copyWithin(scratch, from, to);
            scratch += to - from;
            bytes.copyWithin(scratch, plain, at);
            scratch += at - plain;
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
        while (at < end && !ENDS_CELL[bytes[at] as number]) at++;
        to = at;
      }
      if (count < width) {
        starts[count] = from;
        ends[count] = to;
      }
      count++;
      if (at >= end) {
        if (!isFinal) return false;
        this.lineEnd = end;
        break;
      }
      mark = bytes[at++] as number;
      if (mark === COMMA) continue;
      this.lineEnd = at - 1;
      if (mark === CR && at < end && bytes[at] === LF) at++;
      break;
    }
    this.count = count;
    this.at = at;
    return true;
  }

  /** Returns the bytes of a cell. They are valid until the next record. */
  cell(index: number): Uint8Array {
    return this.bytes.subarray(this.starts[index], this.ends[index]);
  }

  /** Returns the record's bytes as they are in the file, without the line end. */
  line(): Uint8Array {
    return this.bytes.subarray(this.lineStart, this.lineEnd);
  }

  /** Reads an empty line as a record of empty cells. */
  #emptyLine(mark: number): true {
    this.starts.fill(this.at);
    this.ends.fill(this.at);
    this.count = this.#width;
    this.lineEnd = this.at;
    this.at += mark === CR && this.at + 1 < this.end && this.bytes[this.at + 1] === LF ? 2 : 1;
    return true;
  }
}
