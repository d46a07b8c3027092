/** Creates CSV files of expenses and budgets for tests, the same as glue/tests/statements.py. */
import { csvRow } from '../src/csv-row.ts';

export const HEADER = ['date', 'merchant', 'category', 'account', 'amount', 'currency', 'description'];
export const BUDGET_HEADER = ['month', 'category', 'amount', 'currency'];
const COFFEE: Readonly<Record<string, string>> = {
  date: '2025-01-15',
  merchant: 'Café Central',
  category: 'Coffee',
  account: 'card',
  amount: '3.50',
  currency: 'EUR',
  description: '',
};

/** Returns a row for a coffee, with some cells replaced. Cells for other columns are appended in the given order. */
export function expense(cells: Readonly<Record<string, string>> = {}): string[] {
  return Object.values({ ...COFFEE, ...cells });
}

/** Returns a UTF-8 CSV with these rows. */
export function csvOf(
  rows: readonly (readonly string[])[],
  { header = HEADER, lineEnd = '\n' }: { readonly header?: readonly string[]; readonly lineEnd?: string } = {},
): Uint8Array {
  return bytesOf([header, ...rows].map((row) => csvRow(row) + lineEnd).join(''));
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Returns one byte for each character. Used to write bytes that are not UTF-8. */
export function latin1Of(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
