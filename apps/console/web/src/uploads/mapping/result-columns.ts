/** The columns of the preview. A single table shows the rows of two feeds, income and expenses. */
import type { Mapping, SampleRow } from '@centflow/preview';

export interface ResultColumn {
  readonly label: string;
  readonly right: boolean;
  /** The column's names in the feeds. The counterparty has a different name in each feed. */
  readonly headers: readonly string[];
  /** The export's columns that supply this column's values. */
  readonly from: (mapping: Mapping) => readonly string[];
}

const fromCell =
  (target: keyof Mapping['cells']) =>
  ({ cells }: Mapping): readonly string[] => {
    const cell = cells[target];
    return cell !== undefined && 'column' in cell ? [cell.column] : [];
  };

export const resultColumns: readonly ResultColumn[] = [
  { label: 'Date', right: false, headers: ['date'], from: fromCell('date') },
  { label: 'Who', right: false, headers: ['merchant', 'source'], from: fromCell('counterparty') },
  {
    label: 'Amount',
    right: true,
    headers: ['amount'],
    from: ({ money }) => (money.kind === 'signed' ? [money.column] : [money.out, money.in]),
  },
  { label: 'Currency', right: false, headers: ['currency'], from: fromCell('currency') },
  { label: 'Category', right: false, headers: ['category'], from: fromCell('category') },
  { label: 'Account', right: false, headers: ['account'], from: fromCell('account') },
  { label: 'Description', right: false, headers: ['description'], from: fromCell('description') },
];

/** Returns the text of a cell, and the problem of the cell if it has one. */
export function getResultCell(
  { headers, from }: ResultColumn,
  { cells, problems }: SampleRow,
  mapping: Mapping,
): { readonly text: string; readonly problem: string | null } {
  const text = headers.map((header) => cells[header]).find((cell) => cell !== undefined) ?? '';
  const columns = from(mapping);
  return { text, problem: problems.find(({ column }) => columns.includes(column))?.message ?? null };
}
