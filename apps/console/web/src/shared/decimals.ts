/** Adds and compares amounts and counts exactly. Amounts and counts are strings with at most four decimals. */
import { formatUnits, parseDecimal } from '@centflow/preview/decimal';

/** The number of decimals of every amount. */
const SCALE = 4;

/** Returns the exact sum, with four decimals. */
export function sumAmounts(amounts: Iterable<string>): string {
  let total = 0n;
  for (const amount of amounts) total += parseDecimal(amount, SCALE);
  return formatUnits(total, SCALE);
}

/**
 * Returns the change divided by the earlier amount: `0.25` means an increase of a quarter.
 *
 * @returns null if the earlier amount is zero or negative, because a share would be meaningless
 */
export function calculateChange(before: string, now: string): number | null {
  const from = parseDecimal(before, SCALE);
  if (from <= 0n) return null;
  return Number(((parseDecimal(now, SCALE) - from) * 10_000n) / from) / 10_000;
}
