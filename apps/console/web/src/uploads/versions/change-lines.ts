/** Converts a row diff to an ordered list of changes. */
import type { RowsDiff } from '@centflow/preview';

export interface ChangeLine {
  readonly kind: 'added' | 'removed' | 'changed';
  /** The row number in the later file, or in the earlier file for a removed row. */
  readonly rowNo: number;
  /** The row's cells in the order of the header. `was` is set only if the cell has changed. */
  readonly cells: readonly { readonly is: string; readonly was?: string }[];
}

/** Returns the changes in the order of the rows. A removed row precedes the row that replaced it. */
export function listChanges({ header, added, removed, changed }: RowsDiff): ChangeLine[] {
  const plain = (cells: readonly string[]) => header.map((_, at) => ({ is: cells[at] ?? '' }));
  const order = { removed: 0, changed: 1, added: 2 } as const;
  const lines: ChangeLine[] = [
    ...added.map(({ rowNo, cells }) => ({ kind: 'added' as const, rowNo, cells: plain(cells) })),
    ...removed.map(({ rowNo, cells }) => ({ kind: 'removed' as const, rowNo, cells: plain(cells) })),
    ...changed.map(({ before, after }) => ({
      kind: 'changed' as const,
      rowNo: after.rowNo,
      cells: header.map((_, at) => {
        const is = after.cells[at] ?? '';
        const was = before.cells[at] ?? '';
        return was === is ? { is } : { is, was };
      }),
    })),
  ];
  return lines.sort((a, b) => a.rowNo - b.rowNo || order[a.kind] - order[b.kind]);
}
