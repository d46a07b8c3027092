/**
 * Checks rows against their contract. If a row has several faults, its first wrong column in the contract's order gives
 * the reason.
 */
import { AmountCheck, checkOf, choiceFinder, type FaultCode } from './cell-checks.ts';
import { type Column, type Contract, columnsOf } from './contract.ts';
import { faultMessage, raggedMessage } from './fault-message.ts';
import { strip } from './job-text.ts';
import { Records } from './records.ts';

/** A fault of a cell or of a whole row. */
export interface CellProblem {
  /** The header of the column; null if the whole row is wrong. */
  readonly column: string | null;
  /** A code for programs, the same as in the job. */
  readonly code: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Checks the rows of a feed, in files with the same header. */
export class RowCheck {
  readonly columns: readonly Column[];
  /** For each column, its position in the file; -1 if the file does not have the column. */
  readonly places: readonly number[];
  /** The index of the row's currency among the contract's codes; -1 for an unknown currency. */
  currency = -1;
  readonly #checks: readonly (((bytes: Uint8Array, from: number, to: number) => FaultCode | null) | null)[];
  readonly #amount: AmountCheck;
  readonly #amountPlace: number;
  readonly #currencyPlace: number;
  readonly #findCurrency: (bytes: Uint8Array, from: number, to: number) => number;

  constructor(contract: Contract, positions: ReadonlyMap<string, number>) {
    const { amount, currency, minorUnits } = contract.centflow;
    this.columns = columnsOf(contract);
    this.places = this.columns.map(({ header }) => positions.get(header) ?? -1);
    this.#checks = this.columns.map((column) => (column.header === amount ? null : checkOf(column, contract)));
    const amountColumn = this.columns.find(({ header }) => header === amount) as Column;
    this.#amount = new AmountCheck(amountColumn, contract);
    this.#amountPlace = positions.get(amount) ?? -1;
    this.#currencyPlace = positions.get(currency) ?? -1;
    this.#findCurrency = choiceFinder(new Map(Object.keys(minorUnits).map((code, place) => [code, place])));
  }

  /** The last amount that was read, in ten-thousandths; null if it cannot be read. */
  get units(): number | bigint | null {
    return this.#amount.reader.units;
  }

  /** Reads the row's amount and currency. Call this method before the checks, because the checks need both. */
  readRow({ bytes, starts, ends }: Records): void {
    const amount = this.#amountPlace;
    const currency = this.#currencyPlace;
    this.#amount.reader.read(bytes, starts[amount] as number, ends[amount] as number);
    this.currency = this.#findCurrency(bytes, starts[currency] as number, ends[currency] as number);
  }

  /**
   * Returns the index of the first wrong column, searching from `from`; -1 if all are right. Checks the row that
   * `readRow` read.
   */
  firstFault(records: Records, from = 0): number {
    for (let index = from; index < this.columns.length; index++) {
      if (this.faultOf(records, index) !== null) return index;
    }
    return -1;
  }

  /** Returns the fault of one cell in the row that `readRow` read; null if the cell is right. */
  faultOf({ bytes, starts, ends }: Records, index: number): FaultCode | null {
    const place = this.places[index] as number;
    if (place < 0) return null; // A file without a required column was rejected earlier.
    const from = starts[place] as number;
    const to = ends[place] as number;
    if (from === to) {
      const { nullable, emptyAllowed } = this.columns[index] as Column;
      return nullable || emptyAllowed ? null : 'missing_value';
    }
    const check = this.#checks[index];
    return check ? check(bytes, from, to) : this.#amount.fault(this.currency);
  }
}

/**
 * Returns every fault of one row, column by column, for a person who edits it.
 *
 * @param cells the cells in the order of the header, or by header
 * @param header the headers of the file
 */
export function checkRow(
  cells: readonly string[] | Readonly<Record<string, string>>,
  header: readonly string[],
  contract: Contract,
): CellProblem[] {
  const row = Array.isArray(cells) ? cells : header.map((name) => (cells as Record<string, string>)[name] ?? '');
  if (row.length !== header.length) {
    return [{ column: null, code: 'ragged_row', message: raggedMessage(row.length, header.length) }];
  }
  const known = new Set(contract.centflow.columns.map((column) => column.header));
  const names = header.map((name) => strip(name).toLowerCase());
  const positions = new Map(names.flatMap((name, index) => (known.has(name) ? [[name, index]] : [])));
  const check = new RowCheck(contract, positions);
  const records = recordOf(row);
  check.readRow(records);
  return check.columns.flatMap((column, index) => {
    const place = check.places[index] as number;
    if (place < 0 && column.requiredHeader) {
      return [{ column: column.header, code: 'missing_value', message: faultMessage('missing_value', column, '') }];
    }
    const code = check.faultOf(records, index);
    return code === null
      ? []
      : [{ column: column.header, code, message: faultMessage(code, column, row[place] ?? '') }];
  });
}

/** Returns cells as a record, as if they had been read from a file. */
function recordOf(cells: readonly string[]): Records {
  const encoded = cells.map((cell) => new TextEncoder().encode(cell));
  const records = new Records(cells.length);
  records.bytes = new Uint8Array(encoded.reduce((length, cell) => length + cell.length, 0));
  records.count = cells.length;
  let offset = 0;
  for (const [index, cell] of encoded.entries()) {
    records.bytes.set(cell, offset);
    records.starts[index] = offset;
    offset += cell.length;
    records.ends[index] = offset;
  }
  return records;
}
