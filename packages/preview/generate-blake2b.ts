/**
 * Writes src/generated/blake2b-compress.ts. Usage: `node generate-blake2b.ts`.
 *
 * A preview computes one BLAKE2b digest per row. The generated code unrolls the rounds over local variables. One
 * message then takes 1.0 µs, compared with 5.2 µs in @noble/hashes on the same machine. WebAssembly would need
 * `wasm-unsafe-eval` in the page's content security policy, and SubtleCrypto does not support BLAKE2b.
 */
import { writeFileSync } from 'node:fs';

/**
 * The indexes of the words that each mix of a round uses: four columns, then four diagonals (RFC 7693, 3.2).
 */
const MIXED = [
  ...[[0, 4, 8, 12] as const, [1, 5, 9, 13] as const, [2, 6, 10, 14] as const, [3, 7, 11, 15] as const],
  ...[[0, 5, 10, 15] as const, [1, 6, 11, 12] as const, [2, 7, 8, 13] as const, [3, 4, 9, 14] as const],
];

/**
 * Returns the code that mixes the words a, b, c and d. Each word has two 32-bit halves, such as `v0l` (lower) and
 * `v0h`. The lower halves are added as a double, which preserves the carry.
 */
function mix([a, b, c, d]: readonly [number, number, number, number], place: number): string {
  const add = (to: number, other: number, word: string | null): string => `
    sum = (v${to}l >>> 0) + (v${other}l >>> 0)${word === null ? '' : ` + ((m[${word}] as number) >>> 0)`};
    v${to}h = (v${to}h + v${other}h${word === null ? '' : ` + (m[${word} + 1] as number)`} + ((sum / TWO_32) | 0)) | 0;
    v${to}l = sum | 0;`;
  const xor = (to: number, other: number): string => `
    x = v${to}l ^ v${other}l;
    y = v${to}h ^ v${other}h;`;
  return `
    word = offset + (SCHEDULE[round + ${place}] as number);${add(a, b, 'word')}${xor(d, a)}
    v${d}l = y;
    v${d}h = x;${add(c, d, null)}${xor(b, c)}
    v${b}l = (x >>> 24) | (y << 8);
    v${b}h = (y >>> 24) | (x << 8);
    word = offset + (SCHEDULE[round + ${place + 1}] as number);${add(a, b, 'word')}${xor(d, a)}
    v${d}l = (x >>> 16) | (y << 16);
    v${d}h = (y >>> 16) | (x << 16);${add(c, d, null)}${xor(b, c)}
    v${b}l = (y >>> 31) | (x << 1);
    v${b}h = (x >>> 31) | (y << 1);`;
}

const words = Array.from({ length: 8 }, (_, word) => word);

/** Returns the source text of the generated module. */
export function renderCompression(): string {
  return `/** Generated from generate-blake2b.ts by \`npm run generate\`; do not edit. */
import { IV, ROUNDS, SCHEDULE } from '../blake2b-words.ts';

const TWO_32 = 2 ** 32;

/**
 * Mixes one block of a message into a state (RFC 7693, function F).
 *
 * @param h the state: eight words, each as two halves with the lower first
 * @param m the message with the block at \`offset\`
 * @param counted the bytes of the message up to the end of the block
 */
export function compress(h: Int32Array, m: Int32Array, offset: number, counted: number, isLast: boolean): void {
  let sum = 0;
  let word = 0;
  let x = 0;
  let y = 0;
${words.map((word) => `  let v${word}l = h[${2 * word}] as number;\n  let v${word}h = h[${2 * word + 1}] as number;`).join('\n')}
${words.map((word) => `  let v${word + 8}l = IV[${2 * word}] as number;\n  let v${word + 8}h = IV[${2 * word + 1}] as number;`).join('\n')}
  v12l ^= counted;
  if (isLast) {
    v14l = ~v14l;
    v14h = ~v14h;
  }
  for (let round = 0; round < 16 * ROUNDS; round += 16) {${MIXED.map((mixed, index) => mix(mixed, 2 * index)).join('')}
  }
${words
  .map(
    (word) =>
      `  h[${2 * word}] = (h[${2 * word}] as number) ^ v${word}l ^ v${word + 8}l;\n` +
      `  h[${2 * word + 1}] = (h[${2 * word + 1}] as number) ^ v${word}h ^ v${word + 8}h;`,
  )
  .join('\n')}
}
`;
}

export const generatedFile = new URL('src/generated/blake2b-compress.ts', import.meta.url);

if (process.argv[1] === import.meta.filename) writeFileSync(generatedFile, renderCompression());
