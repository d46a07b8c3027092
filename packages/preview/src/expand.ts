/** Reads a file or its beginning. Expands gzip, but never beyond the requested size. */
import { concatBytes } from './bytes.ts';
import { BlockSource, type CsvBytes, formatMebibytes, piecesOf } from './source.ts';

/** Thrown if the file has more bytes than the memory limit allows. A gzip file can expand a thousandfold. */
export class FileTooLargeError extends Error {
  override readonly name = 'FileTooLargeError';

  constructor(bytesAtMost: number) {
    super(
      `The file is larger than ${formatMebibytes(bytesAtMost)} MiB, which is too much for the browser. Split it into several files.`,
    );
  }
}

/** Whether a file is gzip. Only the name of the file decides, as in the job. */
export function isCompressed(name: string): boolean {
  return /\.gz$/i.test(name);
}

/**
 * Reads the first bytes of a file without expanding the rest.
 *
 * @throws UploadRejectedError The compressed file is invalid.
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
 * @throws FileTooLargeError The file has more than the allowed bytes. Reading stops at the limit.
 * @throws UploadRejectedError The compressed file is invalid.
 */
export async function readWhole(
  source: CsvBytes,
  { name, bytesAtMost }: { readonly name: string; readonly bytesAtMost: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of atMost(piecesOf(source, isCompressed(name)), bytesAtMost)) pieces.push(piece);
  return concatBytes(pieces);
}

/** Yields the pieces unchanged, and throws at the first piece that exceeds the limit. */
export async function* atMost(pieces: AsyncIterable<Uint8Array>, bytesAtMost: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > bytesAtMost) throw new FileTooLargeError(bytesAtMost);
    yield piece;
  }
}
