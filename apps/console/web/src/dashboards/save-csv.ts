/** Saves the figures of a visual as a CSV file. Amounts are exact, as in the database. */
import type { Visual, VisualData } from '@centflow/reports';
import { toCsvFile } from '../shared/csv-file.ts';
import { saveFile } from '../shared/save-file.ts';

export function saveCsv(visual: Visual, data: VisualData): void {
  saveFile(`${visual.id}.csv`, toCsvFile(toCsvRows(data)));
}

/** Returns the header and the rows. If the visual shows amounts, the last column contains the currency. */
function toCsvRows({ columns, rows, currency }: VisualData): string[][] {
  const currencyOf = (text: string) =>
    currency !== null && columns.some(({ format }) => format === 'money') ? [text] : [];
  // Times are saved in UTC, as in the database.
  const header = columns.map(({ title, format }) => (format === 'moment' ? `${title} (UTC)` : title));
  return [
    [...header, ...currencyOf('Currency')],
    ...rows.map((row) => [...columns.map((_, index) => String(row[index] ?? '')), ...currencyOf(currency ?? '')]),
  ];
}
