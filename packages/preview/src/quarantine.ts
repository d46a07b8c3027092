/** Rows that break their contract, kept up to a bound in the order of the rows. */
import { UnitSum } from './amount.ts';
import { first } from './job-text.ts';

/** As much of them as the database holds. */
const RAW_TEXT_MAX = 4096;
const MESSAGE_MAX = 500;

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

/** Counts bad rows and keeps the first. */
export class Quarantine {
  count = 0;
  readonly amount = new UnitSum();
  readonly kept: QuarantinedRow[] = [];
  readonly #limit: number;
  readonly #byCode = new Map<string, number>();

  /** @param limit how many rows are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get byCode(): { readonly code: string; readonly rows: number }[] {
    return [...this.#byCode].map(([code, rows]) => ({ code, rows })).sort((a, b) => b.rows - a.rows);
  }

  /**
   * @param units the row's amount, null if it cannot be read
   * @param makeRow makes the row; called only if the row is kept
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
