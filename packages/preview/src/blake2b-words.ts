/** The constants of BLAKE2b (RFC 7693, 2.6 and 2.7), as 32-bit halves with the lower half first. */

export const ROUNDS = 12;

/** The initial state: the fractional parts of the square roots of the first eight primes. */
export const IV = new Int32Array([
  ...[0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a],
  ...[0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19],
]);

/** The order in which each round mixes in the words of the message. Each entry is the index of a word's lower half. */
export const SCHEDULE = Uint8Array.from(
  [
    ...['0123456789abcdef', 'ea489fd61c02b753', 'b8c052fdae367194', '7931dcbe265a40f8', '905724afe1bc683d'],
    ...['2c6a0b834d75fe19', 'c51fed4a0763928b', 'db7ec13950f4862a', '6fe9b308c2d714a5', 'a2847615fb9e3cd0'],
    ...['0123456789abcdef', 'ea489fd61c02b753'],
  ].join(''),
  (digit) => 2 * Number.parseInt(digit, 16),
);
