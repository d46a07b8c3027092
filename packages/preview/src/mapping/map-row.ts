/** One row of an export → one row of a feed. */
import { columnNames } from './layout.ts';
import type { ExportProblem, Mapping, MappingTarget } from './mapping.ts';
import { readAmount, readDate } from './read-cells.ts';
import type { ExportRow } from './read-export.ts';

/** The feed that takes what was spent, and the one that takes what was received. */
export const mappedFeeds = { spent: 'expenses', received: 'incomes' } as const;
export type MappedFeed = (typeof mappedFeeds)[keyof typeof mappedFeeds];

export interface MappedRow {
  readonly feed: MappedFeed;
  /** By the feed's headers; those that the mapping says nothing of are missing. */
  readonly cells: Readonly<Record<string, string>>;
  readonly problems: readonly ExportProblem[];
}

/** Reads rows by a mapping; columns are looked up by name in the file's own header, so that they may move. */
export class RowMapper {
  readonly #mapping: Mapping;
  readonly #index: ReadonlyMap<string, number>;

  constructor(mapping: Mapping, header: readonly string[]) {
    this.#mapping = mapping;
    this.#index = new Map(columnNames(header).map((name, index) => [name, index]));
  }

  /** Columns that the mapping names and the file lacks. */
  missing(): string[] {
    const { money, cells } = this.#mapping;
    const named = Object.values(cells).flatMap((cell) => ('column' in cell ? [cell.column] : []));
    const ofMoney = money.kind === 'signed' ? [money.column] : [money.out, money.in];
    return [...new Set([...named, ...ofMoney])].filter((name) => name !== '' && !this.#index.has(name));
  }

  /**
   * What cannot be read goes into the feed as it stands, where the row is quarantined with its reason and can be put right.
   */
  map(row: ExportRow): MappedRow {
    const problems: ExportProblem[] = [];
    const tell = (column: string, message: string) => problems.push({ rowNo: row.rowNo, column, message });
    const amount = this.#amount(row, tell);
    const feed = amount.isSpent ? mappedFeeds.spent : mappedFeeds.received;
    const cell = (target: MappingTarget) => this.#cell(row, target);
    const cells: Record<string, string> = { date: this.#date(row, tell), amount: amount.text };
    cells[feed === 'expenses' ? 'merchant' : 'source'] = cell('counterparty') ?? '';
    for (const target of ['category', 'account', 'currency', 'description', 'transaction_id'] as const) {
      cells[target] = cell(target) ?? '';
    }
    if (feed === 'expenses') {
      cells.country = cell('country') ?? '';
      cells.city = cell('city') ?? '';
    }
    return { feed, cells, problems };
  }

  #date(row: ExportRow, tell: (column: string, message: string) => void): string {
    const column = columnOf(this.#mapping.cells.date);
    const text = this.#text(row, column);
    const read = readDate(text, this.#mapping.dateOrder);
    if (read !== undefined) return read;
    tell(
      column,
      text === '' ? 'The date is missing.' : `“${text}” is no day of the calendar as dates are written here.`,
    );
    return text;
  }

  #amount(row: ExportRow, tell: (column: string, message: string) => void): { text: string; isSpent: boolean } {
    const { money } = this.#mapping;
    if (money.kind === 'signed') {
      const text = this.#text(row, money.column);
      const read = this.#read(text, money.column, tell);
      if (read === undefined) return { text, isSpent: isNegativeText(text) === (money.spentIs === 'negative') };
      const isSpent = isZero(read.digits) || read.isNegative === (money.spentIs === 'negative');
      return { text: read.digits, isSpent };
    }
    const out = this.#text(row, money.out);
    const into = this.#text(row, money.in);
    if ((out === '' || isZeroText(out)) && into !== '')
      return { text: this.#positive(into, money.in, tell), isSpent: false };
    if (out !== '' && (into === '' || isZeroText(into)))
      return { text: this.#positive(out, money.out, tell), isSpent: true };
    tell(
      money.out,
      out === ''
        ? `Neither ${money.out} nor ${money.in} has an amount.`
        : `Both ${money.out} and ${money.in} have an amount.`,
    );
    return { text: [out, into].filter((text) => text !== '').join(' / '), isSpent: true };
  }

  /** Banks write what was paid out with a minus or without; one that came back has the other sign than its column's. */
  #positive(text: string, column: string, tell: (column: string, message: string) => void): string {
    return this.#read(text, column, tell)?.digits ?? text;
  }

  #read(text: string, column: string, tell: (column: string, message: string) => void) {
    const read = readAmount(text, this.#mapping.decimal);
    if (read === undefined) {
      tell(column, text === '' ? 'The amount is missing.' : `“${text}” is no amount as amounts are written here.`);
    }
    return read;
  }

  #cell(row: ExportRow, target: MappingTarget): string | undefined {
    const cell = this.#mapping.cells[target];
    if (cell === undefined) return undefined;
    return 'constant' in cell ? cell.constant : this.#text(row, cell.column);
  }

  #text(row: ExportRow, column: string): string {
    const index = this.#index.get(column);
    // Banks break lines within a cell, and pad with spaces: a feed's text is one line.
    return index === undefined ? '' : (row.cells[index] ?? '').replace(/\s+/g, ' ').trim();
  }
}

function columnOf(cell: Mapping['cells'][MappingTarget]): string {
  return cell !== undefined && 'column' in cell ? cell.column : '';
}

const isZero = (digits: string) => /^[0.]*$/.test(digits);
const isZeroText = (text: string) => /^[-+]?0+([.,]0+)?$/.test(text);
const isNegativeText = (text: string) => /^[-–−(]|-$/.test(text);
