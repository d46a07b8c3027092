import { minorUnits } from '../contract/codes.ts';

/** Writes an amount in smallest units for a CSV: 1250 is `12.50` in EUR, `1250` in JPY and `1.250` in KWD. */
export function formatAmount(smallest: number, currency: string): string {
  const digits = minorUnits[currency];
  if (digits === undefined) throw new TypeError(`${currency} is not a currency of ISO 4217.`);
  const sign = smallest < 0 ? '-' : '';
  const padded = String(Math.abs(smallest)).padStart(digits + 1, '0');
  return digits === 0 ? `${sign}${padded}` : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}
