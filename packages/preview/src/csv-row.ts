/** Returns one row of CSV (RFC 4180) without its line end, in the same form as the job writes it. */
export function csvRow(cells: readonly string[]): string {
  // A single empty cell needs quotes, because an empty line is not a row.
  if (cells.length === 1 && cells[0] === '') return '""';
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
