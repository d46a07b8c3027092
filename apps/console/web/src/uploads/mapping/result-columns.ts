/** The rows that a mapping makes, as one table although they go to two feeds. */
import type { Mapping, SampleRow } from '@centflow/preview';

export interface ResultColumn {
  readonly label: string;
  readonly right: boolean;
  /** The header in a feed: the counterparty is called otherwise in each. */
  readonly headers: readonly string[];
  /** The columns of the export that it comes from. */
  readonly from: (mapping: Mapping) => readonly string[];
}

const cellFrom =
  (target: keyof Mapping['cells']) =>
  ({ cells }: Mapping): readonly string[] => {
    const cell = cells[target];
    return cell !== undefined && 'column' in cell ? [cell.column] : [];
  };

export const resultColumns: readonly ResultColumn[] = [
  { label: 'Date', right: false, headers: ['date'], from: cellFrom('date') },
  { label: 'Who', right: false, headers: ['merchant', 'source'], from: cellFrom('counterparty') },
  {
    label: 'Amount',
    right: true,
    headers: ['amount'],
    from: ({ money }) => (money.kind === 'signed' ? [money.column] : [money.out, money.in]),
  },
  { label: 'Currency', right: false, headers: ['currency'], from: cellFrom('currency') },
  { label: 'Category', right: false, headers: ['category'], from: cellFrom('category') },
  { label: 'Account', right: false, headers: ['account'], from: cellFrom('account') },
  { label: 'Description', right: false, headers: ['description'], from: cellFrom('description') },
];

/** What stands in a cell, and what is wrong with it. */
export function resultCell(
  { headers, from }: ResultColumn,
  { cells, problems }: SampleRow,
  mapping: Mapping,
): { readonly text: string; readonly problem: string | null } {
  const text = headers.map((header) => cells[header]).find((cell) => cell !== undefined) ?? '';
  const columns = from(mapping);
  return { text, problem: problems.find(({ column }) => columns.includes(column))?.message ?? null };
}
