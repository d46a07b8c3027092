/** Detects the layout of an export: its delimiter and the row of its header. */
import { type Delimiter, delimiters } from './mapping.ts';
import { type ExportRow, readExport } from './read-export.ts';

/** Enough rows for the longest preamble of a bank and some rows after it. */
const ROWS_LOOKED_AT = 60;

export interface Layout {
  readonly delimiter: Delimiter;
  /** The row number as a spreadsheet shows it. */
  readonly headerRow: number;
}

/**
 * Detects the delimiter and the header. The delimiter is the candidate that splits most rows into the same number of
 * cells. The header is the first of these rows that looks like a header.
 */
export function detectLayout(text: string): Layout {
  const judged = delimiters.map((delimiter) => ({ delimiter, ...judge(readExport(text, delimiter, ROWS_LOOKED_AT)) }));
  const [best] = judged.sort((a, b) => b.score - a.score) as [(typeof judged)[number]];
  return { delimiter: best.delimiter, headerRow: best.headerRow };
}

function judge(rows: readonly ExportRow[]): { readonly score: number; readonly headerRow: number } {
  const widths = new Map<number, number>();
  for (const { cells } of rows) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  // Take the most frequent number of cells. If two numbers are equally frequent, take the larger number.
  const [width = 1, count = 0] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
  const header = rows.find(({ cells }) => cells.length === width && looksLikeHeader(cells));
  return {
    score: width > 1 ? (count / rows.length) * Math.min(width, 8) : 0,
    headerRow: header?.rowNo ?? rows[0]?.rowNo ?? 1,
  };
}

/** Returns whether most cells are filled and none looks like a date or an amount. */
function looksLikeHeader(cells: readonly string[]): boolean {
  const named = cells.filter((cell) => cell.trim() !== '');
  return named.length > cells.length / 2 && !named.some((cell) => /^[\d\s.,:/+-]+$/.test(cell.trim()));
}

/** Returns distinct column names. Names are trimmed. An empty or repeated name gets a number. */
export function columnNames(cells: readonly string[]): string[] {
  const taken = new Map<string, number>();
  return cells.map((cell, index) => {
    const name = cell.trim() || `Column ${index + 1}`;
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}
