/** Reads files in the worker. Files can be local or in the bucket, and can be compressed. */
import { readBeginning, readWhole } from '@centflow/preview';
import { isGzip } from '../drop/object-name.ts';
import type { FileSource } from './worker.ts';

/** Thrown if the storage did not return the file. */
export class FileUnreadableError extends Error {
  override readonly name = 'FileUnreadableError';
  constructor(status: number) {
    super(
      status === 404
        ? 'This version is too old and is no longer stored. Choose a newer version.'
        : `The file could not be read from the storage (${status}). Try again.`,
    );
  }
}

export async function fetchBlob(source: FileSource): Promise<Blob> {
  if (source instanceof Blob) return source;
  const response = await fetch(source);
  if (!response.ok) throw new FileUnreadableError(response.status);
  return response.blob();
}

/** The number of bytes that suffice for the header and the first rows. */
const headBytes = 256 * 1024;

/**
 * Returns the beginning of a file. A compressed file is returned completely, because expanding must start at the first
 * byte.
 */
export async function fetchHead(source: FileSource, name: string): Promise<Blob> {
  if (isGzip(name)) return fetchBlob(source);
  if (source instanceof Blob) return source.slice(0, headBytes);
  const response = await fetch(source, { headers: { range: `bytes=0-${headBytes - 1}` } });
  if (!response.ok) throw new FileUnreadableError(response.status);
  return response.blob();
}

/** Returns the beginning of a file, expanded. The rest of a compressed file is not expanded. */
export async function readHeadBytes(source: FileSource, name: string): Promise<Uint8Array> {
  return readBeginning(await fetchHead(source, name), { name, bytes: headBytes });
}

/** Returns the whole file, expanded. Throws FileTooLargeError before expanding more than `bytesAtMost`. */
export async function readAllBytes(
  source: FileSource,
  name: string,
  bytesAtMost: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return readWhole(await fetchBlob(source), { name, bytesAtMost });
}

/** Compresses bytes if the name ends in .gz. */
export async function encodeForStorage(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Blob> {
  const blob = new Blob([bytes]);
  return isGzip(name) ? new Response(blob.stream().pipeThrough(new CompressionStream('gzip'))).blob() : blob;
}
