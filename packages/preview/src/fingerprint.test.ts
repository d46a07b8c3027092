import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SCALE } from './amount.ts';
import { formatUnits } from './decimal.ts';
import { Identity } from './fingerprint.ts';

test('Identity computes the same fingerprint for an amount as a number and as text', () => {
  const amounts = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(amounts, (units) => {
      const [number, text] = [new Identity(), new Identity()];
      number.begin(false);
      number.addAmount(units);
      number.finish();
      const written = new TextEncoder().encode(formatUnits(units, SCALE));
      text.begin(false);
      text.addCell(written, 0, written.length);
      text.finish();
      expect(number.digest).toEqual(text.digest);
    }),
    { examples: [[0], [1], [-1], [9_999], [-10_000], [10_000], [100_001], [Number.MIN_SAFE_INTEGER]] },
  );
});
