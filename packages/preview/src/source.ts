/** A file's bytes, expanded, in pieces or in blocks. */
import { ByteQueue } from './bytes.ts';
import { gunzipPieces } from './gunzip.ts';
import { withCommas } from './job-text.ts';

const MIB = 1 << 20;
const PIECE_BYTES = 4 * MIB;
const CR = 0x0d;

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

/** Reads exactly as many bytes as it is asked for, fewer before the border of a line end and at the end. */
export class BlockSource {
  readonly #pieces: AsyncGenerator<Uint8Array>;
  readonly #ahead = new ByteQueue();

  constructor(pieces: AsyncGenerator<Uint8Array>) {
    this.#pieces = pieces;
  }

  async peek(size: number): Promise<Uint8Array> {
    await this.#fill(size);
    const head = this.#ahead.take(size);
    this.#ahead.giveBack(head);
    return head.slice();
  }

  /**
   * The next block.
   *
   * @throws UploadRejectedError The compressed file is not sound.
   */
  async read(size: number): Promise<Uint8Array> {
    await this.#fill(size);
    const data = this.#ahead.take(size);
    if (data.length < size || size <= 1 || data.at(-1) !== CR) return data;
    // A carriage return comes with what follows it.
    this.#ahead.giveBack(data.subarray(-1));
    return data.subarray(0, -1);
  }

  async #fill(size: number): Promise<void> {
    while (this.#ahead.length < size) {
      const { value, done } = await this.#pieces.next();
      if (done) return;
      this.#ahead.push(value);
    }
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
