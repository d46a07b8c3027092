/**
 * Identifies a file, to recognise the same file when it is dropped again.
 *
 * A digest of the whole file would require reading up to 1 GB before sending the first byte. Name, size, modification
 * time and three pieces are enough, because an edit changes at least one of them.
 */

/** The size of each piece in bytes. */
const piece = 64 * 1024;

/** Returns a string that identifies the content well enough to resume sending the file. */
export async function identifyFile(file: Blob, name: string): Promise<string> {
  const { size } = file;
  const middle = Math.max(0, Math.floor((size - piece) / 2));
  const pieces = new Blob([
    file.slice(0, piece),
    file.slice(middle, middle + piece),
    file.slice(Math.max(0, size - piece)),
  ]);
  const digest = await crypto.subtle.digest('SHA-256', await pieces.arrayBuffer());
  // Files that the console writes have no modification time, but their bytes are always the same.
  const time = file instanceof File ? file.lastModified : 0;
  return JSON.stringify([name, size, time, toHex(digest)]);
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
