/** CSVs of expenses and budgets as tests need them; the same as those of glue/tests/statements.py. */
import { csvRow } from '../src/fix-rows.ts';

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

/** A coffee, but for the cells given; cells beyond the usual header come last, in the order given. */
export function expense(cells: Readonly<Record<string, string>> = {}): string[] {
  return Object.values({ ...COFFEE, ...cells });
}

/** A CSV in UTF-8 with these rows. */
export function csvOf(
  rows: readonly (readonly string[])[],
  { header = HEADER, lineEnd = '\n' }: { readonly header?: readonly string[]; readonly lineEnd?: string } = {},
): Uint8Array {
  return bytesOf([header, ...rows].map((row) => csvRow(row) + lineEnd).join(''));
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Each character as one byte: for bytes that are no UTF-8. */
export function latin1Of(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
