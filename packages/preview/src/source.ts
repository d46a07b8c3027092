/** A file's bytes as the reader takes them: in blocks, expanded, with a look ahead and a limit. */
import { joined } from './bytes.ts';
import { gunzipPieces } from './gunzip.ts';
import { withCommas } from './job-text.ts';
import { UploadRejectedError } from './rejection.ts';

const MIB = 1 << 20;
const PIECE_BYTES = 4 * MIB;
const NUL = 0;
const CR = 0x0d;
/** Stands in for NUL, which pyarrow stumbles over; both are control characters, so the row is quarantined either way. */
export const NUL_STAND_IN = 0x1a;

/** Where the bytes come from. */
export type CsvBytes = Blob | Uint8Array;

/**
 * Consecutive pieces of a file, expanded where it is gzip.
 *
 * @param onRead is told how many stored bytes were taken
 */
export function piecesOf(
  source: CsvBytes,
  compressed: boolean,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  return compressed ? gunzipPieces(storedPieces(source, onRead)) : storedPieces(source, onRead);
}

export function sizeOf(source: CsvBytes): number {
  return source instanceof Uint8Array ? source.length : source.size;
}

async function* storedPieces(source: CsvBytes, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const size = sizeOf(source);
  for (let at = 0; at < size; at += PIECE_BYTES) {
    const piece =
      source instanceof Uint8Array
        ? source.subarray(at, at + PIECE_BYTES)
        : new Uint8Array(await source.slice(at, at + PIECE_BYTES).arrayBuffer());
    onRead(piece.length);
    yield piece;
  }
}

/** Reads exactly as many bytes as it is asked for, fewer only at the end, where it lets something follow the last byte. */
export class BlockSource {
  /** Whether a NUL was read; `NUL_STAND_IN` stands in for it. */
  hasNul = false;
  /** Bytes of the CSV that were read, expanded. */
  bytesRead = 0;
  readonly #pieces: AsyncGenerator<Uint8Array>;
  readonly #limit: number;
  #ahead: Uint8Array[] = [];
  #aheadBytes = 0;
  #appended: Uint8Array = new Uint8Array(0);

  constructor(pieces: AsyncGenerator<Uint8Array>, limit: number) {
    this.#pieces = pieces;
    this.#limit = limit;
  }

  append(bytes: Uint8Array): void {
    this.#appended = bytes;
  }

  async peek(size: number): Promise<Uint8Array> {
    await this.#fill(size);
    const head = this.#take(size);
    if (head.length > 0) this.#giveBack(head);
    return head.slice();
  }

  /**
   * The next block, in memory of its own.
   *
   * @throws UploadRejectedError The CSV is larger than the limit, or the compressed file is not sound.
   */
  async read(size: number): Promise<Uint8Array> {
    await this.#fill(size);
    let data = this.#take(size);
    this.bytesRead += data.length;
    if (this.bytesRead > this.#limit) {
      throw new UploadRejectedError(
        'too_large',
        `The CSV is larger than ${mebibytes(this.#limit)} MiB: split it into several files.`,
      );
    }
    if (data.includes(NUL)) {
      this.hasNul = true;
      data = data.map((byte) => (byte === NUL ? NUL_STAND_IN : byte));
    }
    if (data.length < size) {
      const room = size - data.length;
      data = joined([data, this.#appended.subarray(0, room)]);
      this.#appended = this.#appended.subarray(room);
    } else if (data[size - 1] === CR && size > 1) {
      // As the job does: a carriage return comes with what follows it.
      this.#giveBack(data.subarray(size - 1));
      data = data.subarray(0, size - 1);
      this.bytesRead--;
    }
    return data;
  }

  async #fill(size: number): Promise<void> {
    while (this.#aheadBytes < size) {
      const { value, done } = await this.#pieces.next();
      if (done) return;
      this.#ahead.push(value);
      this.#aheadBytes += value.length;
    }
  }

  #take(size: number): Uint8Array {
    const taken: Uint8Array[] = [];
    let left = Math.min(size, this.#aheadBytes);
    this.#aheadBytes -= left;
    while (left > 0) {
      const [piece] = this.#ahead as [Uint8Array];
      taken.push(piece.subarray(0, left));
      if (piece.length > left) this.#ahead[0] = piece.subarray(left);
      else this.#ahead.shift();
      left -= Math.min(left, piece.length);
    }
    return taken.length === 1 ? (taken[0] as Uint8Array) : joined(taken);
  }

  #giveBack(bytes: Uint8Array): void {
    this.#ahead.unshift(bytes);
    this.#aheadBytes += bytes.length;
  }
}

/** Bytes as reasons tell sizes: `2,048`. */
export function mebibytes(bytes: number): string {
  return withCommas(roundHalfEven(bytes / MIB));
}

/** As Python rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
