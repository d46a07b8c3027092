/** Exact sums and comparisons of amounts and counts. They are decimal strings with at most four decimals. */
import { amountText, unitsOf } from '@centflow/preview/amount';

/** Returns the exact sum, with four decimals. */
export function sumAmounts(amounts: Iterable<string>): string {
  let total = 0n;
  for (const amount of amounts) total += unitsOf(amount);
  return amountText(total);
}

/** Compares two amounts for sorting: below 0, 0 or above 0. */
export function compareAmounts(one: string, other: string): number {
  const difference = unitsOf(one) - unitsOf(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * Returns the change as a share of the amount before: `0.25` is a quarter more.
 *
 * @returns null if the amount before is zero or negative, because a share would be meaningless
 */
export function calculateChange(before: string, now: string): number | null {
  const from = unitsOf(before);
  if (from <= 0n) return null;
  return Number(((unitsOf(now) - from) * 10_000n) / from) / 10_000;
}
