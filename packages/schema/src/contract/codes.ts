/** The code lists of the contracts: ISO 4217 currencies with their minor units, and ISO 3166-1 countries. */
import { data } from 'currency-codes';
import { iso31661 } from 'iso-3166';

/**
 * ISO 4217 codes that no bank account uses. The lists omit them, because such a code in a row is a mistake.
 *
 * The lists include XAF, XCD, XOF and XPF, which are the money of several countries.
 */
const notMoney: ReadonlySet<string> = new Set([
  // Codes for funds and units of account within one country.
  ...['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW'],
  // Units of account that are used between states and between banks.
  ...['XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XSU', 'XUA'],
  // Metals, measured in ounces.
  ...['XAG', 'XAU', 'XPD', 'XPT'],
  // Codes for tests and for "no currency".
  ...['XTS', 'XXX'],
]);

/** Codes that ISO 4217 added in March 2025. `currency-codes` was built from an older list. */
const newer: readonly (readonly [code: string, digits: number])[] = [['XCG', 2]];

/** The number of decimals of each currency: 2 for EUR, 0 for JPY, 3 for KWD. Sorted by code. */
export const minorUnits: Readonly<Record<string, number>> = Object.fromEntries(
  [...new Map([...data.map(({ code, digits }) => [code, digits] as const), ...newer])]
    .filter(([code]) => !notMoney.has(code))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** The ISO 4217 codes of all currencies that a bank account can have, sorted. */
export const currencyCodes: readonly string[] = Object.keys(minorUnits);

/** The ISO 3166-1 alpha-2 codes that are assigned to a country, sorted. */
export const countryCodes: readonly string[] = iso31661
  .filter(({ state }) => state === 'assigned')
  .map(({ alpha2 }) => alpha2)
  .sort();
