import { rowText } from '@centflow/preview';

/** A CSV of its own, made of rows. */
export function buildCsvFile(rows: readonly (readonly string[])[]): Blob {
  return new Blob([rows.map((cells) => `${rowText(cells)}\n`).join('')]);
}
