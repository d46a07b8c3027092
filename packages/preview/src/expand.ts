/** A whole file, or its beginning, expanded where it is gzip, and never more of it than is asked for. */
import { joined } from './bytes.ts';
import { BlockSource, type CsvBytes, mebibytes, piecesOf } from './source.ts';

/** The file has more bytes than may be held in memory; a small gzip may expand to a thousand times its size. */
export class FileTooLargeError extends Error {
  override readonly name = 'FileTooLargeError';

  constructor(bytesAtMost: number) {
    super(`The file has more than ${mebibytes(bytesAtMost)} MiB, which is too much to work on here: split it up.`);
  }
}

/** Whether a file is gzip, as the job decides it: by its name. */
export function isCompressed(name: string): boolean {
  return /\.gz$/i.test(name);
}

/**
 * Reads the first bytes of a file. The rest is not expanded.
 *
 * @throws UploadRejectedError The compressed file is not sound.
 */
export async function readBeginning(
  source: CsvBytes,
  { name, bytes }: { readonly name: string; readonly bytes: number },
): Promise<Uint8Array> {
  return new BlockSource(piecesOf(source, isCompressed(name))).peek(bytes);
}

/**
 * Reads a whole file.
 *
 * @throws FileTooLargeError It has more bytes; it is read no further than that.
 * @throws UploadRejectedError The compressed file is not sound.
 */
export async function readWhole(
  source: CsvBytes,
  { name, bytesAtMost }: { readonly name: string; readonly bytesAtMost: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of atMost(piecesOf(source, isCompressed(name)), bytesAtMost)) pieces.push(piece);
  return joined(pieces);
}

/** The same pieces; fails at the one that exceeds the limit. */
export async function* atMost(pieces: AsyncIterable<Uint8Array>, bytesAtMost: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > bytesAtMost) throw new FileTooLargeError(bytesAtMost);
    yield piece;
  }
}
