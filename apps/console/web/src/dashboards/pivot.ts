/** Converts the data of a pivot to rows and columns with exact totals. */

import { compareDecimals } from '@centflow/preview/decimal';
import type { VisualData } from '@centflow/reports';
import { sumAmounts } from '../shared/decimals.ts';
import type { Cell } from './figures.ts';

export interface PivotRow {
  readonly label: Cell;
  /** One amount per column, in the order of the columns. Undefined means that no amount exists. */
  readonly cells: readonly (string | undefined)[];
  readonly total: string;
}

export interface Pivoted {
  readonly columns: readonly Cell[];
  /** The rows, the largest total first. */
  readonly rows: readonly PivotRow[];
  readonly totals: readonly string[];
  readonly total: string;
}

/** Pivots one row dimension, one column dimension and one value. packages/reports contains only pivots of this form. */
export function pivot({ rows }: VisualData): Pivoted {
  const columns = [...new Set(rows.map((row) => row[1] ?? null))].sort((one, other) =>
    String(one).localeCompare(String(other)),
  );
  const byLabel = new Map<Cell, Map<Cell, string>>();
  for (const [label = null, column = null, amount = null] of rows) {
    const cells = byLabel.get(label) ?? new Map<Cell, string>();
    if (amount !== null) cells.set(column, String(amount));
    byLabel.set(label, cells);
  }
  const pivoted = [...byLabel].map(([label, cells]) => ({
    label,
    cells: columns.map((column) => cells.get(column)),
    total: sumAmounts(cells.values()),
  }));
  return {
    columns,
    rows: pivoted.sort((one, other) => compareDecimals(other.total, one.total)),
    totals: columns.map((_, index) => sumAmounts(pivoted.flatMap(({ cells }) => cells[index] ?? []))),
    total: sumAmounts(pivoted.map(({ total }) => total)),
  };
}
