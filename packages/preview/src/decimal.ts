/**
 * Exact decimals, as text and as whole units, so that no amount ever becomes a float.
 *
 * A scale is a number of decimals. At scale 4 a unit is one ten-thousandth, so `-12.5` is -125,000 units.
 */

/** Thrown if the text is not a decimal, or has more decimals than the scale allows. */
export class DecimalError extends Error {
  override readonly name = 'DecimalError';

  constructor(text: string, scale?: number) {
    const limit = scale === undefined ? '' : ` with at most ${scale} decimals`;
    super(`${JSON.stringify(text)} is not a decimal number${limit}.`);
  }
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Returns the number of units in a decimal. Trailing zeros do not count as decimals.
 *
 * @throws {DecimalError}
 */
export function parseDecimal(text: string, scale: number): bigint {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(text) ?? [];
  let end = fraction.length;
  while (fraction[end - 1] === '0') end--;
  if (whole === undefined || end > scale) throw new DecimalError(text, scale);
  const units = BigInt(whole + fraction.slice(0, end).padEnd(scale, '0'));
  return sign === '-' ? -units : units;
}

/** Returns units as text with exactly `scale` decimals, as MySQL writes a DECIMAL: `-12.5000`. */
export function formatUnits(units: number | bigint, scale: number): string {
  const isNegative = units < 0;
  const digits = String(isNegative ? -units : units).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${isNegative ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}

/**
 * Returns a decimal with exactly `scale` decimals. Pads with zeros and never rounds.
 *
 * @throws {DecimalError} The text has more than `scale` decimals.
 */
export function formatDecimal(text: string, scale: number): string {
  return formatUnits(parseDecimal(text, scale), scale);
}

/**
 * Returns the exact sum of decimals, without trailing zeros; `0` for an empty list.
 *
 * @throws {DecimalError}
 */
export function addDecimals(texts: Iterable<string>): string {
  const all = [...texts];
  const scale = all.reduce((most, text) => Math.max(most, decimalsOf(text)), 0);
  const sum = formatUnits(
    all.reduce((total, text) => total + parseDecimal(text, scale), 0n),
    scale,
  );
  let end = sum.length;
  if (scale > 0) while (sum[end - 1] === '0') end--;
  return sum.slice(0, sum[end - 1] === '.' ? end - 1 : end);
}

/**
 * Compares two decimals for sorting: -1, 0 or 1.
 *
 * @throws {DecimalError}
 */
export function compareDecimals(one: string, other: string): -1 | 0 | 1 {
  const scale = Math.max(decimalsOf(one), decimalsOf(other));
  const difference = parseDecimal(one, scale) - parseDecimal(other, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * Divides units and rounds half away from zero, like MySQL.
 *
 * @param divisor above zero
 */
export function divideUnits(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}
