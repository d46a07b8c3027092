/**
 * Converts the dates and amounts of banks to the format of a feed. Returns undefined for unreadable text instead of
 * guessing.
 */
import type { Mapping } from './mapping.ts';

/** Matches a day, month and year in any order, separated by points, dashes, slashes or spaces. A time may follow. */
const DATE = /^(\d{1,4})([./\- ])(\d{1,2})\2(\d{1,4})(?:[ T,].*)?$/;
const COMPACT_DATE = /^(\d{4})(\d{2})(\d{2})$/;

/**
 * Returns a date as `YYYY-MM-DD`, or undefined if the date does not exist. A two-digit year belongs to this century,
 * because no export is from before 2000.
 */
export function readDate(text: string, order: Mapping['dateOrder']): string | undefined {
  const trimmed = text.trim();
  const compact = order === 'ymd' ? COMPACT_DATE.exec(trimmed) : null;
  if (compact) return dayOf(compact[1], compact[2], compact[3]);
  const found = DATE.exec(trimmed);
  if (found === null) return undefined;
  const [, first, , second, third] = found;
  if (order === 'ymd') return dayOf(first, second, third);
  return order === 'dmy' ? dayOf(third, second, first) : dayOf(third, first, second);
}

function dayOf(year = '', month = '', day = ''): string | undefined {
  if (year.length !== 2 && year.length !== 4) return undefined;
  if (day.length > 2) return undefined;
  const iso = `${year.length === 2 ? '20' : ''}${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(iso) ? iso : undefined;
}

/**
 * Returns the orders of day, month and year that fit most of the dates. More than one order may fit. A few wrong dates
 * are allowed.
 */
export function possibleOrders(dates: readonly string[]): Mapping['dateOrder'][] {
  if (dates.length === 0) return [];
  // In dates with points, the day always comes first.
  const isPointed = dates.every((date) => /^\d{1,2}\./.test(date.trim()));
  const orders = isPointed ? (['dmy'] as const) : (['ymd', 'dmy', 'mdy'] as const);
  const judged = orders.map((order) => ({
    order,
    read: dates.filter((date) => readDate(date, order) !== undefined).length,
  }));
  const most = Math.max(...judged.map(({ read }) => read));
  return most < dates.length * 0.8 ? [] : judged.filter(({ read }) => read === most).map(({ order }) => order);
}

/** An amount in the format of a feed, and its sign. */
export interface ReadAmount {
  /** The amount without its sign: `1234.56`. */
  readonly digits: string;
  readonly isNegative: boolean;
}

/**
 * Matches a currency at the start or at the end. The spaces around the currency are trimmed later, because a `\s*`
 * before the end would take quadratic time.
 */
const CURRENCY_AROUND = /^(?:[A-Z]{3}|\p{Sc})|(?:[A-Z]{3}|\p{Sc})$/gu;
const GROUPED = {
  '.': /^\d{1,3}(?:(?:,\d{3})+|(?:[' \u00a0\u202f’]\d{3})+)$/,
  ',': /^\d{1,3}(?:(?:\.\d{3})+|(?:[' \u00a0\u202f’]\d{3})+)$/,
};

/**
 * Reads amounts such as `-1.234,56 €`, `(1,234.56)`, `1 234,56-` and `CHF 1'234.56`. The text `1.234` is 1234 if the
 * decimal separator is a comma, and 1.234 if it is a point.
 *
 * @returns undefined if the text is not an amount with this decimal separator
 */
export function readAmount(text: string, decimal: Mapping['decimal']): ReadAmount | undefined {
  let rest = text.trim().replace(/[−–]/g, '-');
  let isNegative = false;
  if (/^\(.*\)$/.test(rest)) {
    isNegative = true;
    rest = rest.slice(1, -1).trim();
  }
  // The sign and the currency can be in any order: `-€5`, `€-5`, `5-`, `5 EUR-`.
  for (let turn = 0; turn < 2; turn++) {
    const sign = /^[+-]|[+-]$/.exec(rest);
    if (sign !== null) {
      if (isNegative) return undefined;
      isNegative = sign[0] === '-';
      rest = (sign.index === 0 ? rest.slice(1) : rest.slice(0, -1)).trim();
      if (!isNegative && /^[+-]|[+-]$/.test(rest)) return undefined;
    }
    rest = rest.replace(CURRENCY_AROUND, '').trim();
  }
  const parts = rest.split(decimal);
  if (parts.length > 2) return undefined;
  const [whole = '', cents] = parts;
  if (cents !== undefined && !/^\d+$/.test(cents)) return undefined;
  if (!/^\d+$/.test(whole) && !GROUPED[decimal].test(whole)) return undefined;
  const digits = whole.replace(/\D/g, '').replace(/^0+(?=\d)/, '');
  return { digits: cents === undefined ? digits : `${digits}.${cents}`, isNegative };
}

/** Returns the decimal separator of these amounts; undefined if the amounts are ambiguous, such as `1,234`. */
export function decimalOf(amounts: readonly string[]): Mapping['decimal'] | undefined {
  let found: Mapping['decimal'] | undefined;
  for (const amount of amounts) {
    // The last point or comma is the decimal separator. Amounts such as `1,234` are skipped as ambiguous: three digits
    // follow the comma, and there is no point.
    const last = /([.,])(\d+)\D*$/.exec(amount.trim());
    if (last === null) continue;
    const sign = last[1] as Mapping['decimal'];
    const other = sign === '.' ? ',' : '.';
    if (last[2]?.length === 3 && !amount.includes(other)) continue;
    if (found !== undefined && found !== sign) return undefined;
    found = sign;
  }
  return found;
}
