/** A few numbers about many. */

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Linear between the two nearest values, as NumPy and spreadsheets do it. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) throw new RangeError('There is no percentile of no values');
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? 0;
  return below + (above - below) * (position - Math.floor(position));
}

/** Rounds to so many decimals: a result has no digits that mean nothing. */
export function round(value: number, decimals = 3): number {
  return Number(value.toFixed(decimals));
}
