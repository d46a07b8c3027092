import { rowText } from '@centflow/preview';

/** Builds a CSV file from rows. */
export function buildCsvFile(rows: readonly (readonly string[])[]): Blob {
  return new Blob([rows.map((cells) => `${rowText(cells)}\n`).join('')]);
}
