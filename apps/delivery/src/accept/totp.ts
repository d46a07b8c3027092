/** Computes authenticator codes by RFC 6238, as Cognito accepts them: SHA-1, six digits, 30 seconds. */
import { createHmac } from 'node:crypto';

const STEP_MS = 30_000;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param secret in base32, as Cognito shows it when an authenticator app is set up */
export function totp(secret: string, now = Date.now()): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / STEP_MS)));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function fromBase32(text: string): Buffer {
  let [bits, kept] = [0, 0];
  const bytes: number[] = [];
  for (const letter of text.toUpperCase().replace(/[\s=]/g, '')) {
    const value = BASE32.indexOf(letter);
    if (value === -1)
      throw new Error(
        'The secret of the authenticator app is not valid base32. Copy it again, without other characters.',
      );
    kept = ((kept << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((kept >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
