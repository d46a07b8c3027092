/** Collects the rows that break their contract, up to a limit, in the order of the file. */
import { UnitSum } from './amount.ts';
import { first } from './job-text.ts';

/** The sizes of the database columns in characters. */
const RAW_TEXT_MAX = 4096;
const MESSAGE_MAX = 500;

/** A row that broke its contract. */
export interface QuarantinedRow {
  /** The row number as a spreadsheet shows it. */
  readonly rowNo: number;
  /** The header of the first column with a fault; null if the whole row is wrong. */
  readonly column: string | null;
  /** A code for programs. It never changes. */
  readonly code: string;
  /** What is wrong and what to do. */
  readonly message: string;
  /** The row as CSV, cut to 4,096 characters. */
  readonly rawText: string;
}

/** Counts all bad rows and stores the first ones. */
export class Quarantine {
  count = 0;
  readonly amount = new UnitSum();
  readonly kept: QuarantinedRow[] = [];
  readonly #limit: number;
  readonly #byCode = new Map<string, number>();

  /** @param limit the maximum number of rows to store */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get byCode(): { readonly code: string; readonly rows: number }[] {
    return [...this.#byCode].map(([code, rows]) => ({ code, rows })).sort((a, b) => b.rows - a.rows);
  }

  /**
   * Adds a bad row.
   *
   * @param units the row's amount; null if it cannot be read
   * @param makeRow creates the row; called only if the row is stored
   */
  add(code: string, units: number | bigint | null, makeRow: () => QuarantinedRow): void {
    this.count++;
    this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + 1);
    if (units !== null) this.amount.add(units);
    if (this.kept.length >= this.#limit) return;
    const row = makeRow();
    this.kept.push({ ...row, message: first(row.message, MESSAGE_MAX), rawText: first(row.rawText, RAW_TEXT_MAX) });
  }
}
