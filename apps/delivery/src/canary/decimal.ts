/** Exact decimals, in steps of a ten-thousandth: what the database sums amounts in. Never a float. */
const DECIMALS = 4;
const STEPS = 10n ** BigInt(DECIMALS);

/** A text is no decimal, or one with more decimals than amounts have. */
export class DecimalError extends Error {
  override readonly name = 'DecimalError';

  constructor(text: string) {
    super(`${JSON.stringify(text)} is no decimal of at most ${DECIMALS} decimals.`);
  }
}

/**
 * `-12.5` is -125,000 ten-thousandths.
 *
 * @throws {DecimalError} it is no such decimal.
 */
export function parseDecimal(text: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const significant = fraction.replace(/0+$/, '');
  if (whole === undefined || significant.length > DECIMALS) throw new DecimalError(text);
  const steps = BigInt(whole) * STEPS + BigInt(significant.padEnd(DECIMALS, '0'));
  return sign === '-' ? -steps : steps;
}

/** As MySQL writes it: `-12.5000`. */
export function formatDecimal(steps: bigint): string {
  const digits = (steps < 0n ? -steps : steps).toString().padStart(DECIMALS + 1, '0');
  return `${steps < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

/** The same decimal in the one way in which we compare: `12.5`, `12.50` and `012.5000` are all `12.5000`. */
export function normalised(text: string): string {
  return formatDecimal(parseDecimal(text));
}

/** `part / whole`, rounded half away from zero, as MySQL rounds. */
export function ratio(part: bigint, whole: bigint): bigint {
  const doubled = (part < 0n ? -part : part) * STEPS * 2n + whole;
  const rounded = doubled / (whole * 2n);
  return part < 0n ? -rounded : rounded;
}
