/** Reads the bytes of a file, expanded if it is gzip, in pieces or in blocks. */
import { ByteQueue } from './bytes.ts';
import { gunzipPieces } from './gunzip.ts';
import { formatCount } from './job-text.ts';

const MIB = 1 << 20;
const PIECE_BYTES = 4 * MIB;
const CR = 0x0d;

/** A file's bytes as they are stored. */
export type CsvBytes = Blob | Uint8Array;

/**
 * Yields the pieces of a file in order, expanded if the file is gzip.
 *
 * @param onRead called for each stored piece, with its number of bytes
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
  for (let offset = 0; offset < size; offset += PIECE_BYTES) {
    const piece =
      source instanceof Uint8Array
        ? source.subarray(offset, offset + PIECE_BYTES)
        : new Uint8Array(await source.slice(offset, offset + PIECE_BYTES).arrayBuffer());
    onRead(piece.length);
    yield piece;
  }
}

/** Reads blocks of the requested size. A block is shorter at the end of the file, or if it would split a CRLF. */
export class BlockSource {
  readonly #pieces: AsyncGenerator<Uint8Array>;
  readonly #ahead = new ByteQueue();

  constructor(pieces: AsyncGenerator<Uint8Array>) {
    this.#pieces = pieces;
  }

  async peek(size: number): Promise<Uint8Array> {
    await this.#fill(size);
    const head = this.#ahead.take(size);
    this.#ahead.putBack(head);
    return head.slice();
  }

  /**
   * Returns the next block.
   *
   * @throws UploadRejectedError The compressed file is invalid.
   */
  async read(size: number): Promise<Uint8Array> {
    await this.#fill(size);
    const data = this.#ahead.take(size);
    if (data.length < size || size <= 1 || data.at(-1) !== CR) return data;
    // Leaves a CR for the next block, because an LF may follow it.
    this.#ahead.putBack(data.subarray(-1));
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

/** Returns a size in whole MiB for a message, such as `2,048`. */
export function formatMebibytes(bytes: number): string {
  return formatCount(roundHalfEven(bytes / MIB));
}

/** Rounds halves to the even number, like Python. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
