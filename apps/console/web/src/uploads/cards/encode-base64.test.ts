import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64 } from './encode-base64.ts';

test('encodeBase64 returns the same text as Node for data longer than one slice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000 }), (length) => {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 31) % 256);
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
    { numRuns: 30 },
  );
});
