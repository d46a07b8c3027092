import { toSafeCsv } from '@centflow/preview';

/**
 * Returns rows as a CSV file that spreadsheet programs open correctly.
 *
 * The byte order mark makes Excel read the file as UTF-8; without that mark, accents would be wrong. Cells that look
 * like formulas are neutralised.
 */
export function toCsvFile(rows: readonly (readonly string[])[]): Blob {
  return new Blob(['\ufeff', toSafeCsv(rows)], { type: 'text/csv;charset=utf-8' });
}
