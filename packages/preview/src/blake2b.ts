/** Computes 16-byte BLAKE2b digests (RFC 7693) of many short messages. */
import { IV } from './blake2b-words.ts';
import { compress } from './generated/blake2b-compress.ts';

export const DIGEST_BYTES = 16;
/** The parameters of BLAKE2b: the digest's length, no key, and no tree hashing (RFC 7693, 2.8). */
const PARAMETERS = 0x01010000 ^ DIGEST_BYTES;
export const BLOCK_BYTES = 128;

const state = new Int32Array(16);

/**
 * Writes the digest of the first `length` bytes of a message, as four 32-bit words.
 *
 * @param message little-endian words, padded with zeros to a multiple of 128 bytes
 */
export function blake2b16(message: Int32Array, length: number, digest: Int32Array): void {
  state.set(IV);
  state[0] = (state[0] as number) ^ PARAMETERS;
  let before = 0;
  for (; length - before > BLOCK_BYTES; before += BLOCK_BYTES) {
    compress(state, message, before / 4, before + BLOCK_BYTES, false);
  }
  compress(state, message, before / 4, length, true);
  for (let word = 0; word < 4; word++) digest[word] = state[word] as number;
}
