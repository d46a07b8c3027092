/** Sums the good rows by month and currency. */
import { SCALE, UnitSum } from './amount.ts';
import { formatUnits } from './decimal.ts';

/** The rows and the sum of one currency. */
export interface CurrencyAmount {
  readonly currency: string;
  readonly rows: number;
  /** The sum of the good rows' amounts, with four decimals. */
  readonly good: string;
}

/** The rows and the sum of one month and currency. */
export interface MonthAmount {
  /** YYYY-MM. */
  readonly month: string;
  readonly currency: string;
  readonly rows: number;
  /** The sum of the good rows' amounts, with four decimals. */
  readonly amount: string;
}

interface Cell {
  readonly month: number;
  readonly currency: number;
  readonly sum: UnitSum;
  rows: number;
}

/** Sums rows by month and currency. Days and months are numbers such as 20250131 and 202501. */
export class Tally {
  rows = 0;
  hasTransactionIds = false;
  readonly #codes: readonly string[];
  readonly #cells = new Map<number, Cell>();
  #last: Cell | undefined;
  #firstDay = Number.POSITIVE_INFINITY;
  #lastDay = 0;

  /** @param codes the currency codes, in the order of their indexes */
  constructor(codes: readonly string[]) {
    this.#codes = codes;
  }

  add(day: number, currency: number, units: number | bigint): void {
    this.rows++;
    if (day < this.#firstDay) this.#firstDay = day;
    if (day > this.#lastDay) this.#lastDay = day;
    const month = Math.trunc(day / 100);
    let cell = this.#last;
    if (cell?.month !== month || cell.currency !== currency) {
      const key = month * this.#codes.length + currency;
      cell = this.#cells.get(key);
      if (cell === undefined) {
        cell = { month, currency, sum: new UnitSum(), rows: 0 };
        this.#cells.set(key, cell);
      }
      this.#last = cell;
    }
    cell.rows++;
    cell.sum.add(units);
  }

  get firstDate(): string | null {
    return this.rows > 0 ? dayText(this.#firstDay) : null;
  }

  get lastDate(): string | null {
    return this.rows > 0 ? dayText(this.#lastDay) : null;
  }

  /** The sums, ordered by month and then by currency code. */
  get months(): MonthAmount[] {
    return [...this.#cells.values()]
      .sort((a, b) => a.month - b.month || a.currency - b.currency)
      .map(({ month, currency, rows, sum }) => ({
        month: `${String(month).slice(0, 4)}-${String(month).slice(4)}`,
        currency: this.#codes[currency] ?? '',
        rows,
        amount: String(sum),
      }));
  }

  /** The sums, ordered by currency code. */
  get amounts(): CurrencyAmount[] {
    return this.#codes.flatMap((currency, place) => {
      const cells = [...this.#cells.values()].filter((cell) => cell.currency === place);
      const units = cells.reduce((sum, cell) => sum + cell.sum.units, 0n);
      const rows = cells.reduce((sum, cell) => sum + cell.rows, 0);
      return rows === 0 ? [] : [{ currency, rows, good: formatUnits(units, SCALE) }];
    });
  }

  /** The sum of all amounts, whatever their currency: a checksum, not money. */
  get units(): bigint {
    return [...this.#cells.values()].reduce((sum, cell) => sum + cell.sum.units, 0n);
  }
}

function dayText(day: number): string {
  const text = String(day);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}
