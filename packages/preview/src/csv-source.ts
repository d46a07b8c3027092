/** Reads the bytes of a CSV up to the first fault, in the same blocks as the job. */
import { ByteQueue } from './bytes.ts';
import { UploadRejectedError } from './rejection.ts';
import { countIncompleteBytes, findMalformed, isUtf8 } from './utf8.ts';

/** The number of bytes to show before and after a byte that is not UTF-8. */
export const SHOWN_BYTES = 20;
const CR = 0x0d;
const NUL = 0;
const ESCAPE = 0x10;
const [ZERO, ONE] = [0x30, 0x31];
const DRAINED_BYTES = 1 << 20;
const encoder = new TextEncoder();

/** The first byte of a CSV that is not UTF-8. */
export interface Malformed {
  readonly byte: number;
  /** The bytes after the wrong byte, up to `SHOWN_BYTES`. */
  readonly following: Uint8Array;
}

/**
 * Supplies a CSV in blocks. The supplied bytes are decompressed, limited in size and valid UTF-8. An end marker follows
 * them.
 *
 * At the first fault the bytes end, as if the file ended there. The end marker is a row with more cells than the
 * header, so the reader finds the row and the cell in which the bytes end.
 *
 * NULs are escaped, although only pyarrow, the job's reader, needs the escapes. With the same escapes, the preview and
 * the job split the file into the same blocks.
 */
export class CsvSource {
  /** Why the file cannot be decompressed; null if it can. */
  compressionFault: UploadRejectedError | null = null;
  /** The first byte that is not valid UTF-8. Reading stops there. Null if all bytes are valid. */
  malformed: Malformed | null = null;
  /** Whether the bytes end at the size limit. */
  tooLarge = false;
  /** The text of the end marker. */
  endMarker: string;
  #hasEscapes = false;
  readonly #pieces: AsyncGenerator<Uint8Array>;
  readonly #compressed: boolean;
  readonly #limit: number;
  #taken = 0;
  #ended = false;
  #finished = false;
  /** Bytes that have not been checked and escaped. After these two steps, the bytes move to `#ready`. */
  readonly #raw = new ByteQueue();
  readonly #ready = new ByteQueue();

  /**
   * @param pieces the expanded file
   * @param compressed whether the file was gzip
   * @param limit the maximum size of the CSV in bytes
   */
  constructor(pieces: AsyncGenerator<Uint8Array>, compressed: boolean, limit: number) {
    this.#pieces = pieces;
    this.#compressed = compressed;
    this.#limit = limit;
    const random = crypto.getRandomValues(new Uint8Array(16));
    this.endMarker = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /**
   * Returns the first bytes of the file, and whether the size limit cut them. Omits an incomplete last character.
   *
   * @throws UploadRejectedError The compressed file is invalid.
   */
  async peek(size: number): Promise<{ readonly head: Uint8Array; readonly isCut: boolean }> {
    await this.#fill(size);
    if (this.compressionFault !== null) throw this.compressionFault;
    const taken = this.#raw.take(size);
    const head = taken.slice();
    this.#raw.putBack(taken);
    const isCut = this.tooLarge && head.length < size;
    const isWhole = head.length < size && !isCut;
    return { head: isWhole ? head : head.subarray(0, head.length - countIncompleteBytes(head)), isCut };
  }

  /** Extends the end marker so that it has more cells than a row of `count` columns. */
  setColumns(count: number): void {
    this.endMarker += ','.repeat(count);
  }

  /**
   * Expands the rest of the file, up to the limit.
   *
   * @throws UploadRejectedError The compressed file is invalid.
   */
  async checkCompression(): Promise<void> {
    await this.#drain();
    if (this.compressionFault !== null) throw this.compressionFault;
  }

  /** Returns the next block of `size` bytes. A block is shorter at the end of the file, or if it would split a CRLF. */
  async read(size: number): Promise<Uint8Array> {
    while (this.#ready.length < size && !this.#finished) await this.#prepare(size);
    const data = this.#ready.take(size);
    if (data.length <= 1 || data.at(-1) !== CR) return data;
    this.#ready.putBack(data.subarray(-1));
    return data.subarray(0, -1);
  }

  /** Returns the text as the file contains it, without escapes. */
  unescaped(text: string): string {
    return this.#hasEscapes ? text.replaceAll('\x100', '\0').replaceAll('\x101', '\x10') : text;
  }

  /** Checks and escapes the next bytes. */
  async #prepare(wanted: number): Promise<void> {
    const size = Math.max(wanted, 4); // a UTF-8 character has at most 4 bytes
    await this.#fill(size);
    const data = this.#raw.take(size);
    let isLast = this.#ended && this.#raw.length === 0;
    let isCut = this.tooLarge || this.compressionFault !== null;
    let whole = data.subarray(0, data.length - (isLast && !isCut ? 0 : countIncompleteBytes(data)));
    if (!isUtf8(whole)) {
      const offset = findMalformed(whole);
      this.#raw.putBack(data.subarray(offset));
      await this.#fill(1 + SHOWN_BYTES);
      const [byte = 0, ...following] = this.#raw.take(1 + SHOWN_BYTES);
      this.malformed = { byte, following: Uint8Array.from(following) };
      await this.#drain();
      whole = whole.subarray(0, offset);
      isLast = isCut = true;
    } else if (!isLast) {
      this.#raw.putBack(data.subarray(whole.length));
    }
    this.#ready.push(this.#escaped(whole));
    if (isLast) {
      // The prefix x" ensures that the marker's commas count as cells, even if the bytes end within quotes.
      this.#ready.push(encoder.encode(isCut ? `x"${this.endMarker}\n` : `\n${this.endMarker}\n`));
      this.#finished = true;
    }
  }

  #escaped(data: Uint8Array): Uint8Array {
    if (!data.includes(NUL) && !data.includes(ESCAPE)) return data;
    this.#hasEscapes = true;
    const escaped = new Uint8Array(2 * data.length);
    let length = 0;
    for (const byte of data) {
      escaped[length++] = byte === NUL ? ESCAPE : byte;
      if (byte === NUL || byte === ESCAPE) escaped[length++] = byte === NUL ? ZERO : ONE;
    }
    return escaped.subarray(0, length);
  }

  /** Reads until `size` bytes are available or the source has ended. */
  async #fill(size: number): Promise<void> {
    while (this.#raw.length < size && !this.#ended) await this.#take();
  }

  async #take(): Promise<void> {
    try {
      const { value, done } = await this.#pieces.next();
      this.#ended = done === true;
      if (value === undefined) return;
      const room = this.#limit - this.#taken;
      this.tooLarge = value.length > room;
      this.#ended ||= this.tooLarge;
      this.#taken += value.length;
      this.#raw.push(this.tooLarge ? value.subarray(0, room) : value);
    } catch (error) {
      if (!(error instanceof UploadRejectedError)) throw error;
      this.compressionFault = error;
      this.#ended = true;
    }
  }

  async #drain(): Promise<void> {
    this.#raw.clear();
    while (this.#compressed && !this.#ended) {
      await this.#fill(DRAINED_BYTES);
      this.#raw.clear();
    }
  }
}
