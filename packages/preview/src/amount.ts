/** Amounts as the job reads them: exact, in ten-thousandths, without a float's rounding. */

/** Digits behind the point that the tables keep: an amount is told in units of 10^-4. */
export const SCALE = 4;
const POINT = 0x2e;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** With at most so many digits a JavaScript number holds every unit exactly. */
const EXACT_DIGITS = 15;

/** Reads amounts from bytes; its fields are of the cell that was read last. */
export class AmountReader {
  /** The cell has the form of a number: `-?digits[.digits]`. */
  isNumber = false;
  /** It has not too many digits before the point. */
  fits = false;
  /** Digits behind the point that say something: 12.50 has one. */
  decimals = 0;
  /** The amount; null where the table cannot hold the cell. */
  units: number | bigint | null = null;
  readonly #integerDigits: number;

  /** @param integerDigits the most digits before the point */
  constructor(integerDigits: number) {
    this.#integerDigits = integerDigits;
  }

  read(bytes: Uint8Array, from: number, to: number): void {
    this.isNumber = false;
    this.fits = false;
    this.decimals = 0;
    this.units = null;
    const isNegative = from < to && bytes[from] === MINUS;
    const first = isNegative ? from + 1 : from;
    const pointAt = digitsEnd(bytes, first, to);
    if (pointAt === first) return;
    let end = pointAt;
    if (pointAt < to) {
      end = digitsEnd(bytes, pointAt + 1, to);
      if (bytes[pointAt] !== POINT || end < to || end === pointAt + 1) return;
      while (bytes[end - 1] === ZERO) end--;
      this.decimals = end - pointAt - 1;
    }
    this.isNumber = true;
    let significant = first;
    while (significant < pointAt && bytes[significant] === ZERO) significant++;
    this.fits = pointAt - significant <= this.#integerDigits;
    if (!this.fits || this.decimals > SCALE) return;
    const units = unitsAt(bytes, significant, pointAt, end, this.decimals);
    // `0 - units` rather than `-units`: there is no negative nothing.
    this.units = !isNegative ? units : typeof units === 'bigint' ? -units : 0 - units;
  }
}

function digitsEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at++;
  return at;
}

function unitsAt(bytes: Uint8Array, from: number, pointAt: number, to: number, decimals: number): number | bigint {
  if (pointAt - from + SCALE <= EXACT_DIGITS) {
    let units = 0;
    for (let at = from; at < to; at++) if (at !== pointAt) units = units * 10 + (bytes[at] as number) - ZERO;
    for (let left = SCALE - decimals; left > 0; left--) units *= 10;
    return units;
  }
  let digits = '';
  for (let at = from; at < to; at++) if (at !== pointAt) digits += String.fromCharCode(bytes[at] as number);
  return BigInt(digits.padEnd(digits.length + SCALE - decimals, '0'));
}

/**
 * Returns the units of a decimal text, such as a contract's `0.01`.
 *
 * @throws {RangeError} if the text has more decimals than amounts have
 */
export function unitsOf(text: string): bigint {
  const isNegative = text.startsWith('-');
  const [whole = '0', decimals = ''] = text.replace('-', '').split('.');
  if (decimals.length > SCALE) throw new RangeError(`${text} has more than ${SCALE} decimals.`);
  const units = BigInt(whole + decimals.padEnd(SCALE, '0'));
  return isNegative ? -units : units;
}

/** An amount as decimal text with four decimals: `-12.5000`. */
export function amountText(units: number | bigint): string {
  const isNegative = units < 0;
  const digits = String(isNegative ? -units : units).padStart(SCALE + 1, '0');
  return `${isNegative ? '-' : ''}${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
}

/** A sum of amounts, exact however many they are. */
export class UnitSum {
  #large = 0n;
  #small = 0;

  add(units: number | bigint): void {
    if (typeof units === 'bigint') this.#large += units;
    else {
      this.#small += units;
      // Another amount of up to 10^15 is still exact on top of this.
      if (Math.abs(this.#small) > 2 ** 52) {
        this.#large += BigInt(this.#small);
        this.#small = 0;
      }
    }
  }

  get units(): bigint {
    return this.#large + BigInt(this.#small);
  }

  toString(): string {
    return amountText(this.units);
  }
}
