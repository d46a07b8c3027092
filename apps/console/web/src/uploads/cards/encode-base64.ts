/**
 * Encodes bytes as base64. In browsers without a built-in function, encodes slice by slice, because a call cannot take
 * a million arguments.
 */
export function encodeBase64(bytes: Uint8Array): string {
  if ('toBase64' in bytes) return (bytes as Uint8Array & { toBase64(): string }).toBase64();
  let text = '';
  // The length of a slice in bytes. A multiple of three needs no base64 padding.
  for (let at = 0; at < bytes.length; at += 0x6000)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000)));
  return text;
}
