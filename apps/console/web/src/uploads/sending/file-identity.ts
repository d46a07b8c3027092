/**
 * Whether a file dropped again is the one that was being sent.
 *
 * Its whole digest would mean reading up to 1 GB before the first byte goes. Name, size, time and three pieces are enough to
 * tell an edited file, and a wrong guess would need an edit that keeps the size, the time and all three pieces.
 */

/** Bytes of each piece that is looked at. */
const piece = 64 * 1024;

/** Names the content of a file well enough to go on where its sending stopped. */
export async function identifyFile(file: Blob, name: string): Promise<string> {
  const { size } = file;
  const middle = Math.max(0, Math.floor((size - piece) / 2));
  const pieces = new Blob([
    file.slice(0, piece),
    file.slice(middle, middle + piece),
    file.slice(Math.max(0, size - piece)),
  ]);
  const digest = await crypto.subtle.digest('SHA-256', await pieces.arrayBuffer());
  // A file that the console wrote itself (mapped, fixed) has no time of its own: its bytes are the same each time.
  const time = file instanceof File ? file.lastModified : 0;
  return JSON.stringify([name, size, time, hex(digest)]);
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
