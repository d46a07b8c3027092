import { minorUnits } from '../contract/codes.ts';

/** An amount in smallest units as a CSV has it: 1250 is `12.50` in EUR, `1250` in JPY, `1.250` in KWD. */
export function formatAmount(smallest: number, currency: string): string {
  const digits = minorUnits[currency];
  if (digits === undefined) throw new TypeError(`${currency} is no currency of ISO 4217.`);
  const sign = smallest < 0 ? '-' : '';
  const padded = String(Math.abs(smallest)).padStart(digits + 1, '0');
  return digits === 0 ? `${sign}${padded}` : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}
