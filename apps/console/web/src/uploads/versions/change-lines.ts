/** A row diff as lines to read from top to bottom. */
import type { RowsDiff } from '@centflow/preview';

export interface ChangeLine {
  readonly kind: 'added' | 'removed' | 'changed';
  /** Where it stands in the later file, or for a removed one in the earlier. */
  readonly rowNo: number;
  /** In the order of the header; `was` only where the cell differs. */
  readonly cells: readonly { readonly is: string; readonly was?: string }[];
}

/** In the order of the rows; a removed row before what now stands at its place. */
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
