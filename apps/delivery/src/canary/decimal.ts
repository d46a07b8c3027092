/** Exact decimals with four decimal places, as in the database's sums. Floats would lose digits. */
const DECIMALS = 4;
const STEPS = 10n ** BigInt(DECIMALS);

/** Thrown if a text is not a decimal or has too many decimal places. */
export class DecimalError extends Error {
  override readonly name = 'DecimalError';

  constructor(text: string) {
    super(`${JSON.stringify(text)} is not a decimal with at most ${DECIMALS} decimal places.`);
  }
}

/**
 * Parses a decimal into an integer number of ten-thousandths: `-12.5` becomes -125,000.
 *
 * @throws {DecimalError} the text is not such a decimal.
 */
export function parseDecimal(text: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const significant = fraction.replace(/0+$/, '');
  if (whole === undefined || significant.length > DECIMALS) throw new DecimalError(text);
  const steps = BigInt(whole) * STEPS + BigInt(significant.padEnd(DECIMALS, '0'));
  return sign === '-' ? -steps : steps;
}

/** Formats a decimal as MySQL does: `-12.5000`. */
export function formatDecimal(steps: bigint): string {
  const digits = (steps < 0n ? -steps : steps).toString().padStart(DECIMALS + 1, '0');
  return `${steps < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

/** Normalises a decimal for comparisons: `12.5`, `12.50` and `012.5000` all become `12.5000`. */
export function normalised(text: string): string {
  return formatDecimal(parseDecimal(text));
}

/** Returns `part / whole`, rounded half away from zero as in MySQL. */
export function ratio(part: bigint, whole: bigint): bigint {
  const doubled = (part < 0n ? -part : part) * STEPS * 2n + whole;
  const rounded = doubled / (whole * 2n);
  return part < 0n ? -rounded : rounded;
}
