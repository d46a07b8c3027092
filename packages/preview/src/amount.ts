/** Reads amounts exactly, as whole ten-thousandths, like the job. A float would round them. */
import { formatUnits } from './decimal.ts';

/** The number of decimals in the tables' amounts. One unit is 10^-4. */
export const SCALE = 4;
const POINT = 0x2e;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** The maximum number of digits that a JavaScript number stores exactly. */
const EXACT_DIGITS = 15;

/** Reads amounts from bytes. The fields describe the last cell that was read. */
export class AmountReader {
  /** Whether the cell has the form of a number: `-?digits[.digits]`. */
  isNumber = false;
  /** Whether the table has room for the digits before the point. */
  fits = false;
  /** The number of decimals, without trailing zeros: 12.50 has one. */
  decimals = 0;
  /** The amount; null if the table cannot store it. */
  units: number | bigint | null = null;
  readonly #integerDigits: number;

  /** @param integerDigits the maximum number of digits before the point */
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
    // `0 - units` instead of `-units`, because -0 would be written as negative.
    this.units = !isNegative ? units : typeof units === 'bigint' ? -units : 0 - units;
  }
}

function digitsEnd(bytes: Uint8Array, from: number, to: number): number {
  let offset = from;
  while (offset < to && (bytes[offset] as number) >= ZERO && (bytes[offset] as number) <= NINE) offset++;
  return offset;
}

function unitsAt(bytes: Uint8Array, from: number, pointAt: number, to: number, decimals: number): number | bigint {
  if (pointAt - from + SCALE <= EXACT_DIGITS) {
    let units = 0;
    for (let offset = from; offset < to; offset++)
      if (offset !== pointAt) units = units * 10 + (bytes[offset] as number) - ZERO;
    for (let left = SCALE - decimals; left > 0; left--) units *= 10;
    return units;
  }
  let digits = '';
  for (let offset = from; offset < to; offset++)
    if (offset !== pointAt) digits += String.fromCharCode(bytes[offset] as number);
  return BigInt(digits.padEnd(digits.length + SCALE - decimals, '0'));
}

/** An exact sum of any number of amounts. */
export class UnitSum {
  #large = 0n;
  #small = 0;

  add(units: number | bigint): void {
    if (typeof units === 'bigint') this.#large += units;
    else {
      this.#small += units;
      // While the sum is below this limit, adding an amount of up to 10^15 is still exact.
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
    return formatUnits(this.units, SCALE);
  }
}
