/**
 * Bytes → records and cells, exactly as the job's reader (pyarrow) splits them.
 *
 * Our own rather than Papa Parse, which comes to other cells (test/papa-parse.test.ts keeps the cases):
 *
 * - text behind a closing quote: of `"ab"cd,e` pyarrow makes `abcd` and `e`; Papa reads on until a quote stands before a comma or
 *   a line end, and so swallows cells and rows that the job keeps apart; `"b" ,` loses its space;
 * - line ends: pyarrow takes LF, CRLF and CR as they come; Papa guesses one of them for the whole file;
 * - it works on text: of bytes that are not UTF-8 it no longer knows the row, the column and the value, and it makes a text
 *   of every cell, where checks, sums and fingerprints need only bytes.
 */

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;
/** By byte, whether it ends a cell that is not in quotes. */
const ENDS_CELL = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte === COMMA || byte === LF || byte === CR));

/**
 * The records of a buffer, one at a time, without an object for any of them.
 *
 * After `next()`, cell `i` is `bytes[starts[i] … ends[i])`. Where a quoted cell had to be unescaped it stands behind the
 * data, which is why the buffer has as much room again; the next record writes over it.
 */
export class Records {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  bytes: Uint8Array = new Uint8Array(0);
  /** How many cells the record has; of those beyond the width only the number is known. */
  count = 0;
  /** Where the record begins, and where it ends without its line end. */
  lineStart = 0;
  lineEnd = 0;
  /** Where the next record begins. */
  at = 0;
  /** Where the data ends. */
  end = 0;
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
    this.starts = new Int32Array(width);
    this.ends = new Int32Array(width);
  }

  /** Reads `bytes[0 … end)` from now on. */
  read(bytes: Uint8Array, end: number): void {
    if (bytes.length < 2 * end)
      throw new RangeError('The buffer has no room to unescape cells: make it twice as long.');
    this.bytes = bytes;
    this.end = end;
    this.at = 0;
  }

  /**
   * The next record.
   *
   * @param isFinal whether the data's end is the end of the file, so that a record without a line end counts
   * @returns false where no whole record is left
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
            // A doubled quote: what stands before it, and one of the two.
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
            // Text behind the closing quote belongs to the cell, quotes too.
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

  /** A cell's bytes, good until the next record. */
  cell(index: number): Uint8Array {
    return this.bytes.subarray(this.starts[index], this.ends[index]);
  }

  /** The record's bytes as they stand in the file, without the line end. */
  line(): Uint8Array {
    return this.bytes.subarray(this.lineStart, this.lineEnd);
  }

  /** An empty line is a record of empty cells. */
  #emptyLine(mark: number): true {
    this.starts.fill(this.at);
    this.ends.fill(this.at);
    this.count = this.#width;
    this.lineEnd = this.at;
    this.at += mark === CR && this.at + 1 < this.end && this.bytes[this.at + 1] === LF ? 2 : 1;
    return true;
  }
}
