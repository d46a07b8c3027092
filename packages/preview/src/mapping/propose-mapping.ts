/** Proposes a mapping for an unknown export. A person reviews the proposal. */
import { knownWords, plainWords } from './known-words.ts';
import { columnNames, detectLayout } from './layout.ts';
import type { MappedCell, Mapping, MappingTarget } from './mapping.ts';
import { decimalOf, possibleOrders, readAmount, readDate } from './read-cells.ts';
import { decodeExport, detectEncoding, type ExportRow, readExport } from './read-export.ts';

const ROWS_LOOKED_AT = 400;

export interface Proposal {
  /** The proposed mapping. A column that was not found is `''`. */
  readonly mapping: Mapping;
  /** False if the dates can be read in two orders, such as 03/04/2025. A person must then choose the order. */
  readonly dateOrderIsSure: boolean;
  /** The export's first rows after the header. */
  readonly rows: readonly ExportRow[];
}

/**
 * Guesses a mapping from the words of the header and the format of the cells.
 *
 * @param head the first bytes of the file, about ten kilobytes
 * @param given values that are already known, such as a delimiter that a person chose
 */
export function proposeMapping(
  head: Uint8Array,
  given: Partial<Pick<Mapping, 'encoding' | 'delimiter' | 'headerRow'>> = {},
): Proposal {
  const encoding = given.encoding ?? detectEncoding(head, false);
  const text = decodeExport(head, encoding);
  const layout = { ...detectLayout(text), ...given };
  const all = readExport(text, layout.delimiter, ROWS_LOOKED_AT);
  const headerAt = Math.max(
    0,
    all.findIndex(({ rowNo }) => rowNo >= layout.headerRow),
  );
  const header = columnNames(all[headerAt]?.cells ?? []);
  const width = header.length;
  // The last row of the head may be incomplete.
  const rows = all.slice(headerAt + 1).filter(({ cells }) => cells.length === width);
  const whole = rows.length > 1 ? rows.slice(0, -1) : rows;
  const columns = header.map((name, index) => ({
    name,
    words: plainWords(name),
    cells: whole.map(({ cells }) => cells[index] ?? '').filter((cell) => cell.trim() !== ''),
  }));
  const guess = new Guess(columns);
  const money = guess.money();
  const date = guess.date();
  const orders = possibleOrders(columns.find(({ name }) => name === date)?.cells ?? []);
  const decimal = decimalOf(guess.amountCells(money));
  const mapping: Mapping = {
    version: 1,
    encoding,
    delimiter: layout.delimiter,
    headerRow: all[headerAt]?.rowNo ?? layout.headerRow,
    header,
    decimal: decimal ?? (layout.delimiter === ';' ? ',' : '.'),
    dateOrder: orders[0] ?? 'dmy',
    money,
    cells: guess.cells(date, text),
  };
  return { mapping, dateOrderIsSure: orders.length === 1, rows: all.slice(headerAt + 1) };
}

interface ExportColumn {
  readonly name: string;
  readonly words: string;
  readonly cells: readonly string[];
}

/** Guesses the meaning of each column. Each column has at most one meaning. */
class Guess {
  readonly #columns: readonly ExportColumn[];
  readonly #taken = new Set<string>();

  constructor(columns: readonly ExportColumn[]) {
    this.#columns = columns;
  }

  money(): Mapping['money'] {
    const isMoney = ({ cells }: ExportColumn) => mostly(cells, isAmount);
    const out = this.#byWord('out', isMoney);
    const into = this.#byWord('in', isMoney);
    if (out !== undefined && into !== undefined) return { kind: 'split', out: this.#take(out), in: this.#take(into) };
    const column =
      this.#byWord('amount', isMoney) ?? this.#free().find((one) => isMoney(one) && one.cells.some(isSigned));
    return { kind: 'signed', column: column === undefined ? '' : this.#take(column), spentIs: 'negative' };
  }

  date(): string {
    const isDates = ({ cells }: ExportColumn) => mostly(cells, isDate);
    const column = this.#byWord('date', isDates) ?? this.#free().find(isDates);
    return column === undefined ? '' : this.#take(column);
  }

  amountCells(money: Mapping['money']): string[] {
    const names = money.kind === 'signed' ? [money.column] : [money.out, money.in];
    return this.#columns.filter(({ name }) => names.includes(name)).flatMap(({ cells }) => cells);
  }

  cells(date: string, text: string): Mapping['cells'] {
    const column = (target: MappingTarget, fits: (column: ExportColumn) => boolean = () => true): MappedCell => {
      const found = this.#byWord(target, fits);
      return { column: found === undefined ? '' : this.#take(found) };
    };
    const found: Partial<Record<MappingTarget, MappedCell>> = { date: { column: date } };
    found.currency = column('currency', ({ cells }) => mostly(cells, (cell) => /^[A-Z]{3}$/.test(cell.trim())));
    found.counterparty = column('counterparty', isText);
    found.category = column('category', isText);
    found.description = column('description', isText);
    found.account = column('account');
    if ('column' in found.currency && found.currency.column === '')
      found.currency = { constant: this.#currencyIn(text) };
    if ('column' in found.account && found.account.column === '') found.account = { constant: '' };
    if ('column' in found.category && found.category.column === '') found.category = { constant: 'Uncategorised' };
    for (const target of ['transaction_id', 'country', 'city'] as const) {
      const cell = column(target, target === 'transaction_id' ? isUnique : isText);
      if ('column' in cell && cell.column !== '') found[target] = cell;
    }
    if ('column' in found.description && found.description.column === '') delete found.description;
    return found;
  }

  /** Finds the currency in a header such as `Betrag (EUR)`, or in a line above the header such as `4.218,55 EUR`. */
  #currencyIn(text: string): string {
    const inHeader = this.#columns
      .map(({ name }) => /\b([A-Z]{3})\b/.exec(name)?.[1])
      .find((code) => code !== undefined);
    return inHeader ?? /\d[.,]\d\d\s*([A-Z]{3})\b/.exec(text)?.[1] ?? '';
  }

  #byWord(target: keyof typeof knownWords, fits: (column: ExportColumn) => boolean): ExportColumn | undefined {
    const free = this.#free().filter(fits);
    const words = knownWords[target];
    for (const word of words) {
      const found = free.find((column) => column.words === word);
      if (found !== undefined) return found;
    }
    return free.find(({ words: header }) => words.some((word) => word.length > 3 && header.includes(word)));
  }

  #free(): ExportColumn[] {
    return this.#columns.filter(({ name }) => !this.#taken.has(name));
  }

  #take({ name }: ExportColumn): string {
    this.#taken.add(name);
    return name;
  }
}

const isAmount = (cell: string) => readAmount(cell, '.') !== undefined || readAmount(cell, ',') !== undefined;
const isSigned = (cell: string) => /[-–−()]/.test(cell);
const isDate = (cell: string) => (['ymd', 'dmy', 'mdy'] as const).some((order) => readDate(cell, order) !== undefined);
const isText = ({ cells }: ExportColumn) => cells.some((cell) => !isAmount(cell) && !isDate(cell));
const isUnique = ({ cells }: ExportColumn) => cells.length > 1 && new Set(cells).size === cells.length;

/** Whether at least 80 % of the cells match. A few rows of another kind do not matter. */
function mostly(cells: readonly string[], is: (cell: string) => boolean): boolean {
  return cells.length > 0 && cells.filter(is).length >= cells.length * 0.8;
}
