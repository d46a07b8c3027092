import type { Visual, VisualData } from '@centflow/reports';
import { Box } from '@mantine/core';
import { useMemo } from 'react';
import { isNegative } from '../shared/money.ts';
import classes from './dashboards.module.css';
import { type Cell, formatCell } from './figures.ts';
import { pivot } from './pivot.ts';
import type { OnMark } from './visual-card.tsx';

interface Props {
  readonly visual: Extract<Visual, { kind: 'pivot' }>;
  readonly data: VisualData;
  readonly onMark: OnMark | undefined;
}

/** Shows exact figures by category and month, with totals for each category and each month. */
export function PivotTable({ visual, data, onMark }: Props) {
  const { columns, rows, totals, total } = useMemo(() => pivot(data), [data]);
  const [rowColumn, columnColumn, value] = data.columns;
  if (!rowColumn || !columnColumn || !value) return null;
  const figure = (amount: string | undefined) => (amount === undefined ? '' : formatCell(amount, value, data.currency));
  const named = (cell: Cell) => (cell === null ? null : String(cell));
  return (
    <Box className={classes.scroll} tabIndex={0} role="region" aria-label={`${visual.title}, scrollable table`}>
      <table className={`${classes.table} ${classes.pivot}`}>
        <thead>
          <tr>
            <th scope="col">{rowColumn.title}</th>
            {columns.map((column) => (
              <th key={String(column)} scope="col" className={classes.figure}>
                {formatCell(column, columnColumn, data.currency)}
              </th>
            ))}
            <th scope="col" className={classes.figure}>
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, cells, total: ofRow }) => (
            <tr key={String(label)}>
              <th scope="row">{formatCell(label, rowColumn, data.currency)}</th>
              {cells.map((amount, index) => (
                <td
                  key={String(columns[index])}
                  className={classes.figure}
                  style={amount && isNegative(amount) ? { color: 'var(--negative)' } : undefined}
                >
                  {onMark && amount !== undefined ? (
                    <button
                      type="button"
                      className={classes.drill}
                      onClick={() =>
                        onMark({ [rowColumn.name]: named(label), [columnColumn.name]: named(columns[index] ?? null) })
                      }
                    >
                      {figure(amount)}
                    </button>
                  ) : (
                    figure(amount)
                  )}
                </td>
              ))}
              <td className={`${classes.figure} ${classes.total}`}>{figure(ofRow)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            {totals.map((amount, index) => (
              <td key={String(columns[index])} className={classes.figure}>
                {figure(amount)}
              </td>
            ))}
            <td className={classes.figure}>{figure(total)}</td>
          </tr>
        </tfoot>
      </table>
    </Box>
  );
}
