/** Maps one row of an export to one row of a feed. */
import { columnNames } from './layout.ts';
import type { ExportProblem, Mapping, MappingTarget } from './mapping.ts';
import { readAmount, readDate } from './read-cells.ts';
import type { ExportRow } from './read-export.ts';

/** The feed for money spent and the feed for money received. */
export const mappedFeeds = { spent: 'expenses', received: 'incomes' } as const;
export type MappedFeed = (typeof mappedFeeds)[keyof typeof mappedFeeds];

export interface MappedRow {
  readonly feed: MappedFeed;
  /** The cells by the feed's headers, without headers that the mapping omits. */
  readonly cells: Readonly<Record<string, string>>;
  readonly problems: readonly ExportProblem[];
}

/** Maps rows. It finds columns by name in the header of each file, so their order may change. */
export class RowMapper {
  readonly #mapping: Mapping;
  readonly #index: ReadonlyMap<string, number>;

  constructor(mapping: Mapping, header: readonly string[]) {
    this.#mapping = mapping;
    this.#index = new Map(columnNames(header).map((name, index) => [name, index]));
  }

  /** Returns the columns of the mapping that the file does not have. */
  missing(): string[] {
    const { money, cells } = this.#mapping;
    const named = Object.values(cells).flatMap((cell) => ('column' in cell ? [cell.column] : []));
    const ofMoney = money.kind === 'signed' ? [money.column] : [money.out, money.in];
    return [...new Set([...named, ...ofMoney])].filter((name) => name !== '' && !this.#index.has(name));
  }

  /**
   * Maps one row. An unreadable cell is copied unchanged. The job then quarantines the row with a reason, and a person
   * can fix it.
   */
  map(row: ExportRow): MappedRow {
    const problems: ExportProblem[] = [];
    const report = (column: string, message: string) => problems.push({ rowNo: row.rowNo, column, message });
    const amount = this.#amount(row, report);
    const feed = amount.isSpent ? mappedFeeds.spent : mappedFeeds.received;
    const cell = (target: MappingTarget) => this.#cell(row, target);
    const cells: Record<string, string> = { date: this.#date(row, report), amount: amount.text };
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

  #date(row: ExportRow, report: (column: string, message: string) => void): string {
    const column = columnOf(this.#mapping.cells.date);
    const text = this.#text(row, column);
    const read = readDate(text, this.#mapping.dateOrder);
    if (read !== undefined) return read;
    report(
      column,
      text === ''
        ? 'The date is missing. Enter a date.'
        : `“${text}” is not a date in the format of this file. Correct the date.`,
    );
    return text;
  }

  #amount(row: ExportRow, report: (column: string, message: string) => void): { text: string; isSpent: boolean } {
    const { money } = this.#mapping;
    if (money.kind === 'signed') {
      const text = this.#text(row, money.column);
      const read = this.#read(text, money.column, report);
      if (read === undefined) return { text, isSpent: isNegativeText(text) === (money.spentIs === 'negative') };
      const isSpent = isZero(read.digits) || read.isNegative === (money.spentIs === 'negative');
      return { text: read.digits, isSpent };
    }
    const out = this.#text(row, money.out);
    const into = this.#text(row, money.in);
    if ((out === '' || isZeroText(out)) && into !== '')
      return { text: this.#positive(into, money.in, report), isSpent: false };
    if (out !== '' && (into === '' || isZeroText(into)))
      return { text: this.#positive(out, money.out, report), isSpent: true };
    report(
      money.out,
      out === ''
        ? `Neither ${money.out} nor ${money.in} has an amount. Enter one of them.`
        : `Both ${money.out} and ${money.in} have an amount. Remove one of them.`,
    );
    return { text: [out, into].filter((text) => text !== '').join(' / '), isSpent: true };
  }

  /** Reads an amount without its sign, because only some banks write outgoing payments with a minus. */
  #positive(text: string, column: string, report: (column: string, message: string) => void): string {
    return this.#read(text, column, report)?.digits ?? text;
  }

  #read(text: string, column: string, report: (column: string, message: string) => void) {
    const read = readAmount(text, this.#mapping.decimal);
    if (read === undefined) {
      report(
        column,
        text === ''
          ? 'The amount is missing. Enter an amount.'
          : `“${text}” is not an amount in the format of this file. Correct the amount.`,
      );
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
    // Replaces the line breaks and padding that banks write in cells. The text of a feed is one line.
    return index === undefined ? '' : (row.cells[index] ?? '').replace(/\s+/g, ' ').trim();
  }
}

function columnOf(cell: Mapping['cells'][MappingTarget]): string {
  return cell !== undefined && 'column' in cell ? cell.column : '';
}

const isZero = (digits: string) => /^[0.]*$/.test(digits);
const isZeroText = (text: string) => /^[-+]?0+([.,]0+)?$/.test(text);
const isNegativeText = (text: string) => /^[-–−(]|-$/.test(text);
