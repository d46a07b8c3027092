/** Renders tables for a terminal. Numbers are right-aligned, wide cells are cut, and a note lists omitted columns. */
import Table from 'cli-table3';
import { visible } from './screen.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The minimum number of characters that a cell shows. If the table is still too wide, columns are omitted. */
const MIN_WIDTH = 6;
/** The width of one border and of a space on each side of the text. */
const CELL_PADDING = 3;

/** Renders rows as a table. The first row determines the columns. */
export function renderTable(rows: readonly Row[], width: number = terminalWidth()): string {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return '(no rows)';
  const texts = rows.map((row) => names.map((name) => cellText(row[name])));
  const natural = names.map((name, index) => Math.max(name.length, ...texts.map((cells) => cells[index]?.length ?? 0)));
  const widths = fit(natural, width);
  const numeric = names.map((name) => rows.every((row) => isNumeric(row[name])));
  const table = new Table({
    head: names.slice(0, widths.length),
    colWidths: widths.map((column) => column + 2),
    colAligns: widths.map((_, index) => (numeric[index] ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
    truncate: '…',
  });
  for (const cells of texts) table.push(cells.slice(0, widths.length));
  const omitted = names.slice(widths.length);
  return omitted.length === 0
    ? table.toString()
    : `${table}\n  Columns left out: ${omitted.join(', ')} (a wider terminal shows them)`;
}

export function terminalWidth(): number {
  return process.stdout.columns ?? 160;
}

/** Returns the widths of as many leading columns as fit. The widest columns shrink first. */
function fit(natural: readonly number[], width: number): number[] {
  let widths = [...natural];
  const total = () => widths.reduce((sum, column) => sum + column + CELL_PADDING, 1);
  while (total() > width) {
    const widest = Math.max(...widths);
    if (widest <= MIN_WIDTH) widths = widths.slice(0, -1);
    else widths[widths.indexOf(widest)] = widest - 1;
    if (widths.length === 1) break;
  }
  return widths;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  // A newline would break the table.
  return visible(String(value));
}

function isNumeric(value: unknown): boolean {
  return value === null || typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
}
