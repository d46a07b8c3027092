import type { Visual, VisualData } from '@centflow/reports';
import { Anchor, Box } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './dashboards.module.css';
import { type Cell, formatCell, getDimensions } from './figures.ts';
import type { OnMark } from './visual-card.tsx';

interface Props {
  readonly visual: Visual;
  readonly data: VisualData;
  readonly onMark: OnMark | undefined;
}

/** Shows the figures of any visual as a table. Buttons in the table do what clicks on the chart do. */
export function VisualTable({ visual, data, onMark }: Props) {
  const { rows, currency } = data;
  // Hides the id of the upload, which means nothing to people. Each row links to its upload instead.
  const columns = data.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => column.name !== 'upload_id');
  return (
    <Box className={classes.scroll} tabIndex={0} role="region" aria-label={`${visual.title}, as a table`}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map(({ column: { name, title, role } }) => (
              <th key={name} scope="col" className={role === 'value' ? classes.figure : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify(row)}>
              {columns.map(({ column, index }) => {
                const cell = row[index] ?? null;
                const text = cell === null && visual.kind === 'list' ? '–' : formatCell(cell, column, currency);
                if (column.role === 'value')
                  return (
                    <td key={column.name} className={classes.figure}>
                      {text}
                    </td>
                  );
                const content =
                  index === 0 && onMark ? (
                    <button type="button" className={classes.drill} onClick={() => onMark(getDimensions(data, row))}>
                      {text}
                    </button>
                  ) : (
                    renderLink(data, row, column.name, text)
                  );
                const wide = column.format === 'text' ? classes.wide : undefined;
                return index === 0 ? (
                  <th key={column.name} scope="row" className={wide}>
                    {content}
                  </th>
                ) : (
                  <td key={column.name} className={wide}>
                    {content}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  );
}

/** Links a payment to its row in the file. */
function renderLink(data: VisualData, row: readonly Cell[], column: string, text: string): ReactNode {
  if (column !== 'row_no') return text;
  const uploadId = row[data.columns.findIndex(({ name }) => name === 'upload_id')];
  if (uploadId === undefined || uploadId === null) return text;
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/uploads/$uploadId"
          params={{ uploadId: String(uploadId) }}
          search={{ row: Number(text) }}
          aria-label={`Row ${text} of the uploaded file`}
        >
          {text}
        </Link>
      )}
    />
  );
}
