/**
 * Encodes bytes as base64. Without the browser's own function it works in slices, because a call cannot take a million
 * arguments.
 */
export function encodeBase64(bytes: Uint8Array): string {
  if ('toBase64' in bytes) return (bytes as Uint8Array & { toBase64(): string }).toBase64();
  let text = '';
  // The length of a slice is a multiple of three bytes, so it needs no padding.
  for (let at = 0; at < bytes.length; at += 0x6000)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000)));
  return text;
}
