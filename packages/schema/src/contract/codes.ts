/** The code lists of the contracts: ISO 4217 currencies with their minor units, and ISO 3166-1 countries. */
import { data } from 'currency-codes';
import { iso31661 } from 'iso-3166';

/**
 * ISO 4217 codes that no account uses. A row with such a code is a mistake, so the lists omit them.
 *
 * Money of several states that can be spent stays in the lists: XAF, XCD, XOF, XPF.
 */
const notMoney: ReadonlySet<string> = new Set([
  // Funds and units of account of one country.
  ...['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW'],
  // Units of account between states and banks.
  ...['XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XSU', 'XUA'],
  // Metals by the ounce.
  ...['XAG', 'XAU', 'XPD', 'XPT'],
  // For tests, and for "no currency".
  ...['XTS', 'XXX'],
]);

/** Added to ISO 4217 in March 2025. `currency-codes` was built from an older list. */
const newer: readonly (readonly [code: string, digits: number])[] = [['XCG', 2]];

/** The number of digits after the point of each currency: 2 for EUR, 0 for JPY, 3 for KWD. Sorted by code. */
export const minorUnits: Readonly<Record<string, number>> = Object.fromEntries(
  [...new Map([...data.map(({ code, digits }) => [code, digits] as const), ...newer])]
    .filter(([code]) => !notMoney.has(code))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** ISO 4217 codes of money, sorted. */
export const currencyCodes: readonly string[] = Object.keys(minorUnits);

/** ISO 3166-1 alpha-2 codes that are assigned to a country, sorted. */
export const countryCodes: readonly string[] = iso31661
  .filter(({ state }) => state === 'assigned')
  .map(({ alpha2 }) => alpha2)
  .sort();
