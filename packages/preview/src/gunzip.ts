/**
 * Expands gzip like the job: it accepts several members and zeros after them, verifies checksums, and gives a reason
 * for each fault.
 *
 * The reason may differ from the job's if the compressed bits themselves are invalid. The job's zlib stops there with
 * `not_gzip`. fflate may continue until a checksum is wrong or the file ends, which gives `truncated_gzip`. In that
 * case, the result of the job is the valid one.
 *
 * DecompressionStream cannot replace this code. It rejects zeros after a member, and reports the same error for a
 * truncated file and a damaged file. fflate's `Gunzip` does not verify checksums.
 */
import { Inflate } from 'fflate';
import { concatBytes } from './bytes.ts';
import { UploadRejectedError } from './rejection.ts';

/** Compressed bytes per step. A gzip bomb can expand them to a thousand times their size, which is 16 MiB. */
const PUSHED_BYTES = 16 << 10;
const FLAG_CHECKSUM = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/**
 * Private fields of fflate's stream, because the public API does not report where a member ends. `s.f` is set in the
 * last block. `s.l` is unset at the end of a block. `p` contains the unused bytes, and `s.p` is the number of bits that
 * were read from the first of them. If a new version of fflate changes these fields, the tests with several members
 * fail.
 */
interface InflateState {
  readonly s: { readonly f?: number; readonly l?: unknown; readonly p?: number };
  readonly p: Uint8Array;
}

/**
 * Expands gzip.
 *
 * @throws UploadRejectedError The file is cut off (`truncated_gzip`) or invalid (`not_gzip`).
 */
export async function* gunzipPieces(stored: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new Input(stored);
  while (await readMemberHeader(input)) {
    let checksum = 0;
    let length = 0;
    for await (const piece of inflateMember(input)) {
      checksum = crc32(piece, checksum);
      length = (length + piece.length) >>> 0;
      yield piece;
    }
    const trailer = new DataView((await input.exactly(8)).slice().buffer);
    if (trailer.getUint32(0, true) !== checksum || trailer.getUint32(4, true) !== length) throw damagedError();
    await input.skipZeros();
  }
}

async function readMemberHeader(input: Input): Promise<boolean> {
  const magic = await input.upTo(2);
  if (magic.length === 0) return false;
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) throw damagedError();
  const [method = 0, flags = 0] = await input.exactly(8);
  if (method !== 8) throw damagedError();
  if (flags & FLAG_EXTRA) {
    const [low = 0, high = 0] = await input.exactly(2);
    await input.exactly(low + 256 * high);
  }
  if (flags & FLAG_NAME) await input.skipText();
  if (flags & FLAG_COMMENT) await input.skipText();
  if (flags & FLAG_CHECKSUM) await input.exactly(2);
  return true;
}

async function* inflateMember(input: Input): AsyncGenerator<Uint8Array> {
  let expanded: Uint8Array = new Uint8Array(0);
  const inflate = new Inflate((data) => {
    expanded = data;
  });
  const state = inflate as unknown as InflateState;
  for (;;) {
    const piece = await input.upTo(PUSHED_BYTES);
    if (piece.length === 0) throw cutOffError();
    try {
      inflate.push(piece);
    } catch {
      throw damagedError();
    }
    if (expanded.length > 0) yield expanded;
    if (state.s.f && !state.s.l) {
      input.putBack(state.p.length - (state.s.p ? 1 : 0));
      return;
    }
  }
}

/** Reads the compressed bytes in the sizes that the parts of the gzip format have. */
class Input {
  readonly #stored: AsyncGenerator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  #offset = 0;

  constructor(stored: AsyncGenerator<Uint8Array>) {
    this.#stored = stored;
  }

  async upTo(size: number): Promise<Uint8Array> {
    while (this.#bytes.length - this.#offset < size) {
      const { value, done } = await this.#stored.next();
      if (done) break;
      this.#bytes = concatBytes([this.#bytes.subarray(this.#offset), value]);
      this.#offset = 0;
    }
    const taken = this.#bytes.subarray(this.#offset, this.#offset + size);
    this.#offset += taken.length;
    return taken;
  }

  async exactly(size: number): Promise<Uint8Array> {
    const taken = await this.upTo(size);
    if (taken.length < size) throw cutOffError();
    return taken;
  }

  /** Puts back `bytes`, which must be the end of the bytes that were taken last. */
  putBack(count: number): void {
    this.#offset -= count;
  }

  async skipText(): Promise<void> {
    for (;;) {
      const [byte] = await this.upTo(1);
      if (byte === undefined) throw cutOffError();
      if (byte === 0) return;
    }
  }

  async skipZeros(): Promise<void> {
    for (;;) {
      const [byte] = await this.upTo(1);
      if (byte === undefined) return;
      if (byte !== 0) return this.putBack(1);
    }
  }
}

function cutOffError(): UploadRejectedError {
  return new UploadRejectedError('truncated_gzip', 'The compressed file is cut off. Upload it again.');
}

function damagedError(): UploadRejectedError {
  return new UploadRejectedError(
    'not_gzip',
    'The file name ends in .gz, but the file is not valid gzip. Compress it again.',
  );
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array, before: number): number {
  let value = ~before;
  for (let offset = 0; offset < bytes.length; offset++) {
    value = (CRC_TABLE[(value ^ (bytes[offset] as number)) & 0xff] as number) ^ (value >>> 8);
  }
  return ~value >>> 0;
}
