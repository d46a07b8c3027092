/** The fields of a mapping, with their labels. */
import type { Mapping, MappingTarget } from '@centflow/preview';

export interface Field {
  readonly target: MappingTarget;
  readonly label: string;
  readonly hint?: string;
  /** Whether people can enter a constant text for this field, such as `EUR` or `Current account`. */
  readonly constant: boolean;
  readonly required: boolean;
}

/** The fields in the usual order of a statement. */
export const fields: readonly Field[] = [
  { target: 'date', label: 'Date', constant: false, required: true },
  {
    target: 'counterparty',
    label: 'Who',
    hint: 'Who you paid, or who paid you',
    constant: true,
    required: true,
  },
  {
    target: 'category',
    label: 'Category',
    hint: 'Use the same words as in your budgets',
    constant: true,
    required: true,
  },
  { target: 'account', label: 'Account', constant: true, required: true },
  { target: 'currency', label: 'Currency', hint: 'Three letters, such as EUR', constant: true, required: true },
  { target: 'description', label: 'Description', constant: true, required: false },
  {
    target: 'transaction_id',
    label: 'Transaction ID',
    hint: 'Only if your bank gives each row a different ID',
    constant: false,
    required: false,
  },
  { target: 'country', label: 'Country', hint: 'Two letters, such as DE', constant: true, required: false },
  { target: 'city', label: 'City', constant: true, required: false },
];

/** Returns the fields that are still needed, or an empty list if the mapping is complete. */
export function findMissing(mapping: Mapping, dateOrderChosen: boolean): string[] {
  const missing = fields
    .filter(({ target, required }) => required && isUnmapped(mapping, target))
    .map(({ label }) => label.toLowerCase());
  if (
    mapping.money.kind === 'signed' ? mapping.money.column === '' : mapping.money.out === '' && mapping.money.in === ''
  ) {
    missing.push('amount');
  }
  if (!dateOrderChosen) missing.push('date order');
  return missing;
}

/** Returns whether the source of a field has not been chosen yet. */
export function isUnmapped(mapping: Mapping, target: MappingTarget): boolean {
  const cell = mapping.cells[target];
  if (cell === undefined) return true;
  return 'column' in cell ? cell.column === '' : cell.constant.trim() === '';
}
