/** Compares the rows of a file's new version with those of its old version. */
import type { Contract } from './contract.ts';
import { type FileRow, readRows } from './read-rows.ts';
import type { CsvBytes } from './source.ts';

export interface RowsDiff {
  /**
   * The feed's headers that occur in at least one of the files, in the contract's order. The cells of each row have the
   * same order.
   */
  readonly header: readonly string[];
  readonly added: readonly FileRow[];
  readonly removed: readonly FileRow[];
  readonly changed: readonly {
    readonly before: FileRow;
    readonly after: FileRow;
    /** The headers of the cells that differ. */
    readonly columns: readonly string[];
  }[];
  /** The number of equal rows. */
  readonly same: number;
}

export interface DiffOptions {
  readonly names: readonly [before: string, after: string];
  /** The maximum size of each decompressed file in bytes. A limit is needed because all rows are kept in memory. */
  readonly bytesAtMost?: number;
}

/**
 * Compares two versions of a file. It pairs rows in this order:
 *
 * 1. equal rows
 * 2. rows with the same transaction id
 * 3. rows with the same natural key
 * 4. rows with the same natural key except for the amount, which people correct most often
 * 5. rows with the same row number, if most of their cells are equal
 *
 * @throws FileTooLargeError One of the files has more bytes than `bytesAtMost`.
 */
export async function diffRows(
  before: CsvBytes,
  after: CsvBytes,
  contract: Contract,
  { names, bytesAtMost }: DiffOptions,
): Promise<RowsDiff> {
  const all = { from: 1, to: Number.MAX_SAFE_INTEGER, ...(bytesAtMost === undefined ? {} : { bytesAtMost }) };
  const [old, latest] = await Promise.all([
    readRows(before, { name: names[0], ...all }),
    readRows(after, { name: names[1], ...all }),
  ]);
  const present = new Set([...old.header, ...latest.header].map(plain));
  const header = contract.fields.map(({ name }) => name).filter((name) => present.has(name));
  let removed = aligned(old.rows, old.header, header);
  let added = aligned(latest.rows, latest.header, header);
  const changed: RowsDiff['changed'][number][] = [];

  const pairRows = (keyOf: (row: FileRow) => string | null, found: (pair: readonly [FileRow, FileRow]) => void) => {
    const waiting = new Map<string, FileRow[]>();
    const unmet: FileRow[] = [];
    for (const row of removed) {
      const key = keyOf(row);
      const others = key === null ? undefined : waiting.get(key);
      if (key === null) unmet.push(row);
      else if (others === undefined) waiting.set(key, [row]);
      else others.push(row);
    }
    added = added.filter((row) => {
      const key = keyOf(row);
      const partner = key === null ? undefined : waiting.get(key)?.shift();
      if (partner !== undefined) found([partner, row]);
      return partner === undefined;
    });
    removed = [...unmet, ...[...waiting.values()].flat()].sort((a, b) => a.rowNo - b.rowNo);
  };
  const keyOf =
    (columns: readonly string[]) =>
    ({ cells }: FileRow): string =>
      JSON.stringify(columns.map((column) => cells[header.indexOf(column)] ?? ''));
  const change = ([one, other]: readonly [FileRow, FileRow]) =>
    changed.push({
      before: one,
      after: other,
      columns: header.filter((_, index) => one.cells[index] !== other.cells[index]),
    });

  let same = 0;
  pairRows(keyOf(header), () => {
    same += 1;
  });
  const { transactionId, naturalKey, amount } = contract.centflow;
  if (transactionId !== null && header.includes(transactionId)) {
    const idAt = header.indexOf(transactionId);
    pairRows(({ cells }) => cells[idAt] || null, change);
  }
  pairRows(keyOf(naturalKey), change);
  pairRows(keyOf(naturalKey.filter((column) => column !== amount)), change);
  pairByRowNumber();
  changed.sort((a, b) => a.after.rowNo - b.after.rowNo);
  return { header, added, removed, changed, same };

  function pairByRowNumber(): void {
    const byNumber = new Map(removed.map((row) => [row.rowNo, row]));
    added = added.filter((row) => {
      const partner = byNumber.get(row.rowNo);
      if (partner === undefined || !mostlyEqual(partner.cells, row.cells)) return true;
      byNumber.delete(row.rowNo);
      change([partner, row]);
      return false;
    });
    removed = [...byNumber.values()];
  }
}

/** Returns the file's rows with their cells in the order of `header`. Omits rows without any value. */
function aligned(rows: readonly FileRow[], header: readonly string[], wanted: readonly string[]): FileRow[] {
  const indexes = wanted.map((name) => header.map(plain).indexOf(name));
  return rows
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
    .map(({ rowNo, cells }) => ({ rowNo, cells: indexes.map((index) => (index < 0 ? '' : (cells[index] ?? ''))) }));
}

function plain(header: string): string {
  return header.trim().toLowerCase();
}

function mostlyEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.filter((cell, index) => cell === others[index]).length * 2 >= some.length;
}
