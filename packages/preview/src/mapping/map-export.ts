/** Maps a bank export to CSV files of the feeds. They are then uploaded like any other CSV. */
import Papa from 'papaparse';
import type { Contract } from '../contract.ts';
import { columnNames } from './layout.ts';
import { type MappedFeed, type MappedRow, mappedFeeds, RowMapper } from './map-row.ts';
import type { ExportProblem, Mapping, MappingProblem } from './mapping.ts';
import { possibleOrders, readAmount } from './read-cells.ts';
import { decodeExport, type ExportRow, readExport } from './read-export.ts';

/** The maximum size of an export in bytes. Exports are held in memory, and banks do not write files of this size. */
export const EXPORT_BYTES_AT_MOST = 64 << 20;
const ROWS_AT_ONCE = 20_000;
const HEADER_LOOKED_FOR_IN = 200;

/** Thrown if the file is not an export, or does not match the mapping. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** A CSV file of one feed, made from an export. */
export interface MappedFile {
  readonly feed: MappedFeed;
  /** The text of the file in parts, for a Blob. */
  readonly parts: readonly string[];
  readonly rows: number;
  /** For each row of the file, its row number in the export. */
  readonly sourceRows: readonly number[];
}

export interface MappedExport {
  /** One file per feed that has rows. */
  readonly files: readonly MappedFile[];
  readonly problems: readonly ExportProblem[];
}

/**
 * Maps a whole export.
 *
 * @throws ExportError The export is too large, or lacks columns of the mapping.
 */
export async function mapExport(
  source: Blob | Uint8Array,
  mapping: Mapping,
  contracts: readonly Contract[],
  options: { readonly onProgress?: (share: number) => void } = {},
): Promise<MappedExport> {
  const size = source instanceof Uint8Array ? source.length : source.size;
  if (size > EXPORT_BYTES_AT_MOST) {
    throw new ExportError('The export is larger than 64 MiB. Export a shorter period, such as one year.');
  }
  const bytes = source instanceof Uint8Array ? source : new Uint8Array(await source.arrayBuffer());
  const { mapper, rows } = openExport(decodeExport(bytes, mapping.encoding), mapping);
  const problems: ExportProblem[] = [];
  const writers = new Map(Object.values(mappedFeeds).map((feed) => [feed, new FeedWriter(feed, contracts)]));
  for (const [index, row] of rows.entries()) {
    const mapped = mapper.map(row);
    problems.push(...mapped.problems);
    writers.get(mapped.feed)?.write(mapped, row.rowNo);
    if (index % ROWS_AT_ONCE === 0) options.onProgress?.(index / rows.length);
  }
  options.onProgress?.(1);
  return { files: [...writers.values()].flatMap((writer) => writer.file()), problems };
}

/** A row of the export together with its mapped row. */
export interface SampleRow {
  readonly rowNo: number;
  readonly source: readonly string[];
  readonly feed: MappedFeed;
  /** The mapped cells by the feed's headers. */
  readonly cells: Readonly<Record<string, string>>;
  readonly problems: readonly ExportProblem[];
}

export interface MappingSample {
  /** The headers of the export. */
  readonly header: readonly string[];
  readonly rows: readonly SampleRow[];
  /** Problems of the mapping itself. Each of them affects most rows. */
  readonly problems: readonly MappingProblem[];
}

/** Maps the first rows of an export. An incomplete mapping does not throw. */
export function sampleMapping(head: Uint8Array, mapping: Mapping, rowsAtMost = 30): MappingSample {
  const text = decodeExport(head, mapping.encoding);
  const all = readExport(text, mapping.delimiter, mapping.headerRow + 400);
  const header = all.find(({ rowNo }) => rowNo >= mapping.headerRow);
  const mapper = new RowMapper(mapping, header?.cells ?? []);
  const rows = all.filter(({ rowNo }) => header !== undefined && rowNo > header.rowNo);
  return {
    header: columnNamesOf(header),
    rows: rows.slice(0, rowsAtMost).map((row) => ({ rowNo: row.rowNo, source: row.cells, ...mapper.map(row) })),
    problems: problemsOf(mapping, mapper, rows),
  };
}

function columnNamesOf(header: ExportRow | undefined): string[] {
  return header === undefined ? [] : columnNames(header.cells);
}

function problemsOf(mapping: Mapping, mapper: RowMapper, rows: readonly ExportRow[]): MappingProblem[] {
  const problems: MappingProblem[] = [];
  const missing = mapper.missing();
  if (missing.length > 0) {
    problems.push({
      field: 'headerRow',
      message: `The header in this row has no column ${missing.join(', ')}. Choose another row or other columns.`,
    });
  }
  if (rows.length === 0) {
    problems.push({
      field: 'headerRow',
      message: 'The file has no rows below the column names. Choose another row for the names.',
    });
    return problems;
  }
  const mapped = rows.map((row) => mapper.map(row));
  const dates = mapped.map(({ cells }) => cells.date ?? '');
  const unread = dates.filter((date) => !/^\d{4}-\d\d-\d\d$/.test(date));
  if (unread.length > rows.length / 2) {
    const orders = possibleOrders(unread.filter((date) => date !== ''));
    problems.push({
      field: orders.length > 0 ? 'dateOrder' : 'date',
      message:
        orders.length > 0
          ? 'Most dates have another order. Choose that order.'
          : 'Most cells of this column are not dates. Choose another column.',
    });
  }
  const amounts = mapped.map(({ cells }) => cells.amount ?? '');
  const wrong = amounts.filter((amount) => !/^\d+(\.\d+)?$/.test(amount));
  if (wrong.length > rows.length / 2) {
    const other = mapping.decimal === '.' ? ',' : '.';
    const byOther = wrong.some((amount) => amount !== '' && readAmount(amount, other) !== undefined);
    problems.push({
      field: byOther ? 'decimal' : 'money',
      message: byOther
        ? 'Most amounts have another number format. Choose that format.'
        : 'Most cells of this column are not amounts. Choose another column.',
    });
  }
  const { currency } = mapping.cells;
  if (
    currency !== undefined &&
    'constant' in currency &&
    currency.constant !== '' &&
    !/^[A-Z]{3}$/.test(currency.constant)
  ) {
    problems.push({ field: 'currency', message: 'A currency code has three capital letters, such as EUR.' });
  }
  return problems;
}

/** Whether the first rows of a file contain the header of a template. */
export function matchesTemplate(head: Uint8Array, mapping: Mapping): boolean {
  const rows = readExport(decodeExport(head, mapping.encoding), mapping.delimiter, HEADER_LOOKED_FOR_IN);
  return rows.some(({ cells }) => isHeader(cells, mapping));
}

function isHeader(cells: readonly string[], { header }: Mapping): boolean {
  const names = columnNames(cells);
  return names.length === header.length && names.every((name, index) => name === header[index]);
}

/**
 * Finds the header among the first rows, because a preamble can grow. Otherwise returns the row that the mapping names.
 */
function openExport(text: string, mapping: Mapping): { mapper: RowMapper; rows: readonly ExportRow[] } {
  const all = readExport(text, mapping.delimiter);
  const said = all.findIndex(({ rowNo }) => rowNo === mapping.headerRow);
  const found = all.slice(0, HEADER_LOOKED_FOR_IN).findIndex(({ cells }) => isHeader(cells, mapping));
  const headerAt = found >= 0 ? found : said;
  const header = all[headerAt];
  if (header === undefined)
    throw new ExportError('The export has no column names in the expected row. Match its columns again.');
  const mapper = new RowMapper(mapping, header.cells);
  const missing = mapper.missing();
  if (missing.length > 0) {
    throw new ExportError(
      `The export has no column ${missing.join(', ')}, so it is another kind of file. Match its columns again.`,
    );
  }
  return { mapper, rows: all.slice(headerAt + 1) };
}

/** Writes the CSV of one feed with the header in the contract's order. */
class FeedWriter {
  readonly #feed: MappedFeed;
  readonly #headers: readonly string[];
  readonly #parts: string[] = [];
  readonly #sourceRows: number[] = [];
  #waiting: string[][] = [];

  constructor(feed: MappedFeed, contracts: readonly Contract[]) {
    const contract = contracts.find(({ name }) => name === feed);
    if (contract === undefined) throw new ExportError(`There is no feed ${feed} for this export.`);
    this.#feed = feed;
    this.#headers = contract.fields.map(({ name }) => name);
    this.#waiting.push([...this.#headers]);
  }

  write({ cells }: MappedRow, sourceRow: number): void {
    this.#waiting.push(this.#headers.map((header) => cells[header] ?? ''));
    this.#sourceRows.push(sourceRow);
    if (this.#waiting.length >= ROWS_AT_ONCE) this.#flush();
  }

  file(): MappedFile[] {
    if (this.#sourceRows.length === 0) return [];
    this.#flush();
    return [{ feed: this.#feed, parts: this.#parts, rows: this.#sourceRows.length, sourceRows: this.#sourceRows }];
  }

  #flush(): void {
    if (this.#waiting.length > 0) this.#parts.push(`${Papa.unparse(this.#waiting, { newline: '\n' })}\n`);
    this.#waiting = [];
  }
}
