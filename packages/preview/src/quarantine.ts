/** Rows that break their contract, kept up to a bound in the order in which the job keeps them. */
import { UnitSum } from './amount.ts';
import { first } from './job-text.ts';

/** As much of them as the database holds. */
const RAW_TEXT_MAX = 4096;
const MESSAGE_MAX = 500;
/** The job holds so many ragged rows of a block, then puts them aside ahead of other bad rows. */
const RAGGED_HELD = 10_000;

/** A row that broke its contract. */
export interface QuarantinedRow {
  /** The row number, as a spreadsheet shows it. */
  readonly rowNo: number;
  /** The header of the first column that is wrong; null where the row as a whole is. */
  readonly column: string | null;
  /** A stable word for programs. */
  readonly code: string;
  /** What is wrong and what to do. */
  readonly message: string;
  /** The row as CSV, at most 4,096 characters of it. */
  readonly rawText: string;
}

/**
 * Counts bad rows and keeps the first, in the order of rows.
 *
 * Over several blocks the job's own order depends on its threads: its parser may be a block ahead of its checks, and ragged
 * rows come that much earlier.
 */
export class Quarantine {
  count = 0;
  readonly amount = new UnitSum();
  readonly kept: QuarantinedRow[] = [];
  readonly #limit: number;
  readonly #byCode = new Map<string, number>();
  #faults: QuarantinedRow[] = [];
  #ragged: QuarantinedRow[] = [];
  #raggedHeld = 0;

  /** @param limit how many rows are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get byCode(): { readonly code: string; readonly rows: number }[] {
    return [...this.#byCode].map(([code, rows]) => ({ code, rows })).sort((a, b) => b.rows - a.rows);
  }

  /** @param row makes the row, where it is to be kept */
  addFault(code: string, units: number | bigint | null, row: () => QuarantinedRow): void {
    this.#count(code);
    if (units !== null) this.amount.add(units);
    if (this.#faults.length < this.#room) this.#faults.push(row());
  }

  addRagged(row: () => QuarantinedRow): void {
    this.#count('ragged_row');
    if (this.#ragged.length < this.#room) this.#ragged.push(row());
    if (++this.#raggedHeld === RAGGED_HELD) this.#putAside([]);
  }

  endBlock(): void {
    this.#putAside(this.#faults);
    this.#faults = [];
  }

  get #room(): number {
    return this.#limit - this.kept.length;
  }

  #count(code: string): void {
    this.count++;
    this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + 1);
  }

  /** Ragged rows and these faults by row number. */
  #putAside(faults: readonly QuarantinedRow[]): void {
    const rows = [...this.#ragged, ...faults].sort((a, b) => a.rowNo - b.rowNo);
    this.#ragged = [];
    this.#raggedHeld = 0;
    for (const row of rows.slice(0, this.#room)) {
      this.kept.push({ ...row, message: first(row.message, MESSAGE_MAX), rawText: first(row.rawText, RAW_TEXT_MAX) });
    }
  }
}
