/** Bytes as text, for JSON. */

/** By the browser's own function where it has it; in slices elsewhere, since a call takes no million arguments. */
export function encodeBase64(bytes: Uint8Array): string {
  if ('toBase64' in bytes) return (bytes as Uint8Array & { toBase64(): string }).toBase64();
  let text = '';
  // A slice of a multiple of three bytes needs no padding.
  for (let at = 0; at < bytes.length; at += 0x6000)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000)));
  return text;
}
