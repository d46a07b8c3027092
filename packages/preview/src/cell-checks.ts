/** Checks one cell against its column. The checks work on bytes, because decoding every cell would be slow. */
import { AmountReader, SCALE } from './amount.ts';
import type { Column, Contract } from './contract.ts';
import { parseDecimal } from './decimal.ts';
import { textOf } from './utf8.ts';

/** The codes for faults of a cell, the same as in the job. */
export type FaultCode =
  | 'missing_value'
  | 'bad_date'
  | 'bad_month'
  | 'bad_number'
  | 'number_too_large'
  | 'too_many_decimals'
  | 'number_too_small'
  | 'unknown_currency'
  | 'unknown_value'
  | 'control_character'
  | 'too_long';

/** Checks the cell `bytes[from … to)`, which is never empty. */
type Check = (bytes: Uint8Array, from: number, to: number) => FaultCode | null;

/** The earliest year of MySQL's DATE is 1000. */
const FIRST_YEAR = 1000;
const DASH = 0x2d;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Returns the check for the non-empty cells of a column. Use `AmountCheck` for the amount. */
export function checkOf(column: Column, contract: Contract): Check {
  switch (column.type) {
    case 'date':
      return (bytes, from, to) => (isDate(bytes, from, to) ? null : 'bad_date');
    case 'yearmonth':
      return (bytes, from, to) => (to - from === 7 && isMonth(bytes, from) ? null : 'bad_month');
    case 'decimal':
      throw new TypeError(`Column ${column.header} is an amount. Use AmountCheck.`);
    case 'string':
      if (column.allowed === null) return textCheck(column.maxLength ?? Number.POSITIVE_INFINITY);
      return choiceCheck(
        new Map(column.allowed.map((value, index) => [value, index])),
        column.header === contract.centflow.currency ? 'unknown_currency' : 'unknown_value',
      );
  }
}

/** Reads and checks amounts. The currency of the row decides how many decimals are allowed. */
export class AmountCheck {
  readonly reader: AmountReader;
  readonly #minimum: bigint | null;
  /** The number of decimals of each currency, in the order of the currency codes. */
  readonly #minorUnits: readonly number[];

  constructor(column: Column, contract: Contract) {
    this.reader = new AmountReader(column.integerDigits);
    this.#minimum = column.minimum === null ? null : parseDecimal(column.minimum, SCALE);
    this.#minorUnits = Object.values(contract.centflow.minorUnits);
  }

  /**
   * Returns the fault of the amount that the reader read last.
   *
   * @param currency the index of the currency among the codes; -1 for an unknown currency, which allows four decimals
   */
  fault(currency: number): FaultCode | null {
    const { isNumber, fits, decimals, units } = this.reader;
    if (!isNumber) return 'bad_number';
    if (!fits) return 'number_too_large';
    if (decimals > (this.#minorUnits[currency] ?? SCALE)) return 'too_many_decimals';
    if (this.#minimum !== null && units !== null && units < this.#minimum) return 'number_too_small';
    return null;
  }
}

/** Returns a function that finds the index of a value in a closed list, or -1 for a value that is not in the list. */
export function choiceFinder(
  places: ReadonlyMap<string, number>,
): (bytes: Uint8Array, from: number, to: number) => number {
  // Compares short codes as numbers built from their bytes, which is faster than decoding each cell.
  const codes = new Map([...places].map(([value, place]) => [codeOf(value), place]));
  if (codes.has(-1)) return (bytes, from, to) => places.get(textOf(bytes.subarray(from, to))) ?? -1;
  return (bytes, from, to) => {
    if (to - from > CODE_BYTES) return -1;
    let code = to - from;
    for (let offset = from; offset < to; offset++) code = code * 256 + (bytes[offset] as number);
    return codes.get(code) ?? -1;
  };
}

const CODE_BYTES = 4;

function codeOf(value: string): number {
  const bytes = new TextEncoder().encode(value);
  return bytes.length > CODE_BYTES ? -1 : bytes.reduce((code, byte) => code * 256 + byte, bytes.length);
}

function choiceCheck(places: ReadonlyMap<string, number>, code: FaultCode): Check {
  const find = choiceFinder(places);
  return (bytes, from, to) => (find(bytes, from, to) < 0 ? code : null);
}

function textCheck(maxLength: number): Check {
  return (bytes, from, to) => {
    let continuing = 0;
    for (let offset = from; offset < to; offset++) {
      const byte = bytes[offset] as number;
      if (byte < 0x20 ? byte !== 0x09 && byte !== 0x0a && byte !== 0x0d : byte === 0x7f) return 'control_character';
      if ((byte & 0xc0) === 0x80) continuing++;
    }
    return to - from - continuing > maxLength ? 'too_long' : null;
  };
}

function isDate(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== 10 || !isMonth(bytes, from) || bytes[from + 7] !== DASH) return false;
  const day = digits(bytes, from + 8, 2);
  if (day < 1) return false;
  const month = digits(bytes, from + 5, 2);
  if (month === 2 && day === 29) return isLeap(digits(bytes, from, 4));
  return day <= (DAYS[month - 1] as number);
}

function isMonth(bytes: Uint8Array, from: number): boolean {
  const month = digits(bytes, from + 5, 2);
  return digits(bytes, from, 4) >= FIRST_YEAR && bytes[from + 4] === DASH && month >= 1 && month <= 12;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Returns the number that the digits spell; -1 if a byte is not a digit. */
function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let offset = from; offset < from + count; offset++) {
    const digit = (bytes[offset] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
