/** The code lists that contracts carry: ISO 4217 currencies with their minor units, ISO 3166-1 countries. */
import { data } from 'currency-codes';
import { iso31661 } from 'iso-3166';

/**
 * Codes of ISO 4217 that nobody's account is kept in: a row that has one is a mistake, so they are left out.
 *
 * Money that can be spent but is not a state's stays in: XAF, XCD, XOF, XPF.
 */
const notMoney: ReadonlySet<string> = new Set([
  // Funds and units of account of one country.
  ...['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW'],
  // Units of account between states and banks.
  ...['XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XSU', 'XUA'],
  // Metals by the ounce.
  ...['XAG', 'XAU', 'XPD', 'XPT'],
  // For tests, and for no currency at all.
  ...['XTS', 'XXX'],
]);

/** In ISO 4217 since March 2025, after the list that `currency-codes` was made from. */
const newer: readonly (readonly [code: string, digits: number])[] = [['XCG', 2]];

/** Digits after the point that each currency has: 2 for EUR, 0 for JPY, 3 for KWD. In the order of the codes. */
export const minorUnits: Readonly<Record<string, number>> = Object.fromEntries(
  [...new Map([...data.map(({ code, digits }) => [code, digits] as const), ...newer])]
    .filter(([code]) => !notMoney.has(code))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** ISO 4217 codes of money, in order. */
export const currencyCodes: readonly string[] = Object.keys(minorUnits);

/** ISO 3166-1 alpha-2 codes assigned to a country, in order. */
export const countryCodes: readonly string[] = iso31661
  .filter(({ state }) => state === 'assigned')
  .map(({ alpha2 }) => alpha2)
  .sort();
