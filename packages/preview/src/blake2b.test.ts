import { readFileSync } from 'node:fs';
import { blake2b } from '@noble/hashes/blake2.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generatedFile, renderCompression } from '../generate-blake2b.ts';
import { blake2b16 } from './blake2b.ts';

test('blake2b16 returns the digest of @noble/hashes for messages of any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 700 }), (message) => {
      expect(digestOf(message)).toEqual(blake2b(message, { dkLen: 16 }));
    }),
    { examples: [0, 1, 127, 128, 129, 255, 256, 257].map((length) => [new Uint8Array(length).fill(length)]) },
  );
});

test('generated/blake2b-compress.ts is up to date', () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(renderCompression());
});

function digestOf(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(message.length / 128 + 1) * 128);
  padded.set(message);
  const digest = new Int32Array(4);
  blake2b16(new Int32Array(padded.buffer), message.length, digest);
  return new Uint8Array(digest.buffer);
}
