/**
 * Identifies a file, to recognise one that is dropped again.
 *
 * A digest of the whole file would mean reading up to 1 GB before sending the first byte. Name, size, time and three
 * pieces are enough: an edit would have to keep them all.
 */

/** Bytes of each piece. */
const piece = 64 * 1024;

/** Returns a text that identifies the content well enough to resume sending it. */
export async function identifyFile(file: Blob, name: string): Promise<string> {
  const { size } = file;
  const middle = Math.max(0, Math.floor((size - piece) / 2));
  const pieces = new Blob([
    file.slice(0, piece),
    file.slice(middle, middle + piece),
    file.slice(Math.max(0, size - piece)),
  ]);
  const digest = await crypto.subtle.digest('SHA-256', await pieces.arrayBuffer());
  // A file that the console wrote has no modification time, but its bytes are the same every time.
  const time = file instanceof File ? file.lastModified : 0;
  return JSON.stringify([name, size, time, toHex(digest)]);
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
