/** Statistics of a list of values. */

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Returns a percentile, interpolated linearly between the two nearest values, like NumPy and spreadsheets. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) throw new RangeError('Cannot compute a percentile of an empty list');
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? 0;
  return below + (above - below) * (position - Math.floor(position));
}

/** Rounds to a number of decimals, so that a result has no meaningless digits. */
export function round(value: number, decimals = 3): number {
  return Number(value.toFixed(decimals));
}
