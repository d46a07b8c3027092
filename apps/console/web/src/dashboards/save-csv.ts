/** The figures as a file that a spreadsheet may open: exact, and no cell is a formula. */
import { toSafeCsv } from '@centflow/preview';
import type { Visual, VisualData } from '@centflow/reports';
import { saveFile } from './save-file.ts';

export function csvOf({ columns, rows, currency }: VisualData): string {
  const withCurrency = currency !== null && columns.some(({ format }) => format === 'money');
  // Moments are saved as the database has them.
  const header = columns.map(({ title, format }) => (format === 'moment' ? `${title} (UTC)` : title));
  return toSafeCsv([
    withCurrency ? [...header, 'Currency'] : header,
    ...rows.map((row) => {
      const cells = columns.map((_, index) =>
        row[index] === null || row[index] === undefined ? '' : String(row[index]),
      );
      return withCurrency ? [...cells, currency] : cells;
    }),
  ]);
}

export async function saveCsv(visual: Visual, data: VisualData): Promise<void> {
  // Excel takes a CSV without the mark for the system's old code page.
  saveFile(`${visual.id}.csv`, new Blob(['\ufeff', csvOf(data)], { type: 'text/csv;charset=utf-8' }));
}
