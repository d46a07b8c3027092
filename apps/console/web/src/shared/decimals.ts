/** Exact sums and comparisons of decimal strings. */
const SCALE = 20;

function unitsOf(amount: string): bigint {
  const [whole = '0', decimals = ''] = amount.replace('-', '').split('.');
  const units = BigInt(whole + decimals.padEnd(SCALE, '0').slice(0, SCALE));
  return amount.startsWith('-') ? -units : units;
}

function textOf(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(SCALE + 1, '0');
  const decimals = digits.slice(-SCALE).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${decimals ? `.${decimals}` : ''}`;
}

/** The exact sum. */
export function sumOf(amounts: Iterable<string>): string {
  let total = 0n;
  for (const amount of amounts) total += unitsOf(amount);
  return textOf(total);
}

/** Below 0, 0 or above 0, for sorting. */
export function compareAmounts(one: string, other: string): number {
  const difference = unitsOf(one) - unitsOf(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * How much more or less than before, as a share of what was before: `0.25` is a quarter more.
 *
 * @returns null where nothing was before, or it was below zero: no share tells that
 */
export function changeBetween(before: string, now: string): number | null {
  const from = unitsOf(before);
  if (from <= 0n) return null;
  return Number(((unitsOf(now) - from) * 10_000n) / from) / 10_000;
}
