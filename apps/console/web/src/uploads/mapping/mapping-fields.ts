/** What a mapping has to say, and which words it is asked in. */
import type { Mapping, MappingTarget } from '@centflow/preview';

export interface Field {
  readonly target: MappingTarget;
  readonly label: string;
  readonly hint?: string;
  /** A word that may stand in every row: `EUR`, `Current account`. */
  readonly constant: boolean;
  readonly required: boolean;
}

/** In the order in which people think of a statement. */
export const fields: readonly Field[] = [
  { target: 'date', label: 'Date', constant: false, required: true },
  { target: 'counterparty', label: 'Who', hint: 'who was paid, or who paid you', constant: true, required: true },
  { target: 'category', label: 'Category', hint: 'the same words as in your budgets', constant: true, required: true },
  { target: 'account', label: 'Account', constant: true, required: true },
  { target: 'currency', label: 'Currency', hint: 'three letters, such as EUR', constant: true, required: true },
  { target: 'description', label: 'Description', constant: true, required: false },
  {
    target: 'transaction_id',
    label: 'Transaction id',
    hint: 'only if the bank gives every row its own',
    constant: false,
    required: false,
  },
  { target: 'country', label: 'Country', hint: 'two letters, such as DE', constant: true, required: false },
  { target: 'city', label: 'City', constant: true, required: false },
];

/** The words of what is still open; empty where the mapping can be used. */
export function missingIn(mapping: Mapping, dateOrderChosen: boolean): string[] {
  const missing = fields
    .filter(({ target, required }) => required && isOpen(mapping, target))
    .map(({ label }) => label.toLowerCase());
  if (
    mapping.money.kind === 'signed' ? mapping.money.column === '' : mapping.money.out === '' && mapping.money.in === ''
  ) {
    missing.push('the amount');
  }
  if (!dateOrderChosen) missing.push('the order of day and month');
  return missing;
}

/** Nobody has said where it comes from. */
export function isOpen(mapping: Mapping, target: MappingTarget): boolean {
  const cell = mapping.cells[target];
  if (cell === undefined) return true;
  return 'column' in cell ? cell.column === '' : cell.constant.trim() === '';
}
