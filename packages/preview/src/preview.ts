/** What the job would make of a CSV. */
import { SCALE } from './amount.ts';
import type { Contract } from './contract.ts';
import { CsvSource } from './csv-source.ts';
import { formatUnits } from './decimal.ts';
import { faultMessage, raggedMessage } from './fault-message.ts';
import { Identity } from './fingerprint.ts';
import { type Fingerprints, FingerprintTable } from './fingerprint-table.ts';
import type { Header } from './header.ts';
import { first, quoted, rowText, withCommas } from './job-text.ts';
import { Quarantine, type QuarantinedRow } from './quarantine.ts';
import { CsvReader, LARGE_BLOCK_BYTES, limitCsv, RecordTooLongError, type RowSink } from './read-csv.ts';
import type { Records } from './records.ts';
import { type Rejection, UploadRejectedError } from './rejection.ts';
import { RowCheck } from './row-check.ts';
import { type CsvBytes, mebibytes, piecesOf, sizeOf } from './source.ts';
import { type CurrencyAmount, type MonthAmount, Tally } from './tally.ts';

const MIB = 1 << 20;
/** An upload of which more than this share of rows is bad is no CSV of its feed, but a mistake. */
const QUARANTINE_LIMIT = 0.5;
const REASON_MAX = 1000;
const NAME_SHOWN = 200;

/** How large an upload may be, in bytes; unless said otherwise, the job's own limits. */
export interface ReadLimits {
  /** Of the object as it is stored. */
  readonly objectBytes: number;
  /** Of the CSV after decompression. */
  readonly expandedBytes: number;
}

const JOB_LIMITS: ReadLimits = { objectBytes: 2048 * MIB, expandedBytes: 4096 * MIB };

export interface PreviewOptions {
  /** The file's name: `.csv.gz` is gzip. */
  readonly name: string;
  /** The share of the file that is read, 0 to 1; called a few times. */
  readonly onProgress?: (share: number) => void;
  /** Aborts the reading, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<ReadLimits>;
  /** How many quarantined rows are kept; 1,000 unless said otherwise. */
  readonly quarantinedKept?: number;
  /** How many distinct fingerprints are kept; 2^21 unless said otherwise. */
  readonly fingerprintsKept?: number;
  /** The longest records that are read, in bytes; the job's own unless said otherwise. */
  readonly blockBytes?: number;
}

/** What the job would make of a CSV. Amounts are decimal texts with four decimals. */
export interface Preview {
  readonly feed: string;
  /** The headers as they stand in the file; empty where it has none that could be read. */
  readonly header: readonly string[];
  readonly ignoredColumns: readonly string[];
  readonly rowsRead: number;
  readonly rowsGood: number;
  readonly rowsQuarantined: number;
  /** Why nothing of it would be published. Unless it is `too_many_bad_rows`, no row of it counts then. */
  readonly rejected?: Rejection;
  /** Good rows by currency. */
  readonly amounts: readonly CurrencyAmount[];
  /** Control sums over all currencies, as `v_upload_accounting` has them. */
  readonly amountRead: string;
  readonly amountGood: string;
  readonly amountQuarantined: string;
  readonly months: readonly MonthAmount[];
  /** The day of the earliest good row, YYYY-MM-DD; of a month its first day. */
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly hasTransactionIds: boolean;
  /** What the uploader may want to know, such as ignored columns. */
  readonly notes: readonly string[];
  /** The first quarantined rows. */
  readonly quarantined: readonly QuarantinedRow[];
  /** How many rows each code has, most first. */
  readonly quarantinedByCode: readonly { readonly code: string; readonly rows: number }[];
  /** Of the good rows. */
  readonly fingerprints: Fingerprints;
}

/**
 * Reads a CSV as the job would, without keeping its rows: memory is bounded whatever its size.
 *
 * @throws the signal's reason, where it was aborted. A CSV that is not acceptable is no error: `rejected` says why.
 */
export async function previewCsv(source: CsvBytes, contract: Contract, options: PreviewOptions): Promise<Preview> {
  const limits = { ...JOB_LIMITS, ...options.limits };
  const large = Math.max(LARGE_BLOCK_BYTES, options.blockBytes ?? 0);
  try {
    refuseNameAndSize(options.name, sizeOf(source), limits);
    try {
      return await previewWith(source, contract, options, limits, options.blockBytes, false);
    } catch (error) {
      if (!(error instanceof RecordTooLongError)) throw error;
    }
    return await previewWith(source, contract, options, limits, large, true);
  } catch (error) {
    if (error instanceof RecordTooLongError) {
      const reason = `A row is longer than ${large / MIB} MiB. Close an open quote, or export the file as CSV again.`;
      return new PreviewSink(contract, null, options).preview({ code: 'record_too_long', reason });
    }
    if (!(error instanceof UploadRejectedError)) throw error;
    const { code, reason } = error;
    return new PreviewSink(contract, null, options).preview({ code, reason: first(reason, REASON_MAX) });
  }
}

async function previewWith(
  source: CsvBytes,
  contract: Contract,
  options: PreviewOptions,
  limits: ReadLimits,
  blockBytes: number | undefined,
  isLastAttempt: boolean,
): Promise<Preview> {
  const size = sizeOf(source);
  let stored = 0;
  const compressed = options.name.toLowerCase().endsWith('.gz');
  const counted = piecesOf(source, compressed, (bytes) => {
    options.signal?.throwIfAborted();
    stored += bytes;
  });
  const limit = limitCsv(limits.expandedBytes, compressed ? size : null);
  const bytes = new CsvSource(counted, compressed, limit.bytes);
  const reader = await CsvReader.open(bytes, contract, limit, blockBytes);
  const sink = new PreviewSink(contract, reader, options);
  try {
    await reader.rows(sink, () => {
      options.signal?.throwIfAborted();
      options.onProgress?.(size === 0 ? 1 : stored / size);
    });
  } catch (error) {
    if (error instanceof RecordTooLongError && isLastAttempt) await bytes.checkCompression();
    throw error;
  }
  options.signal?.throwIfAborted();
  options.onProgress?.(1);
  return sink.preview(sink.tooManyBadRows());
}

function refuseNameAndSize(name: string, size: number, limits: ReadLimits): void {
  if (!/\.csv(\.gz)?$/i.test(name)) {
    throw new UploadRejectedError(
      'wrong_extension',
      `${quoted(name, NAME_SHOWN)} is not named as a CSV file. ` +
        'Save it as CSV and name it *.csv, or *.csv.gz if it is compressed.',
    );
  }
  if (size > limits.objectBytes) {
    throw new UploadRejectedError(
      'too_large',
      `The file has ${mebibytes(size)} MiB, but the limit is ${mebibytes(limits.objectBytes)} MiB. Split it into several files.`,
    );
  }
}

/** Checks rows, counts them and takes their fingerprints. */
class PreviewSink implements RowSink {
  readonly #contract: Contract;
  readonly #reader: CsvReader | null;
  readonly #header: Header | null;
  readonly #check: RowCheck;
  readonly #tally: Tally;
  readonly #quarantine: Quarantine;
  readonly #fingerprints: FingerprintTable;
  readonly #identity = new Identity();
  readonly #periodPlace: number;
  readonly #periodIsMonth: boolean;
  readonly #idPlace: number;
  /** The columns of the natural key, by their places; -1 for the amount. */
  readonly #keyPlaces: readonly number[];

  constructor(contract: Contract, reader: CsvReader | null, options: PreviewOptions) {
    const { centflow } = contract;
    const positions = reader?.header.positions ?? new Map<string, number>();
    this.#contract = contract;
    this.#reader = reader;
    this.#header = reader?.header ?? null;
    this.#check = new RowCheck(contract, positions);
    this.#tally = new Tally(Object.keys(centflow.minorUnits));
    this.#quarantine = new Quarantine(options.quarantinedKept ?? 1000);
    this.#fingerprints = new FingerprintTable(options.fingerprintsKept ?? 1 << 21);
    this.#periodPlace = positions.get(centflow.period.field) ?? -1;
    this.#periodIsMonth = centflow.period.type === 'yearmonth';
    this.#idPlace = centflow.transactionId === null ? -1 : (positions.get(centflow.transactionId) ?? -1);
    this.#keyPlaces = centflow.naturalKey.map((name) => (name === centflow.amount ? -1 : (positions.get(name) ?? -1)));
  }

  row(rowNo: number, records: Records): void {
    const check = this.#check;
    check.readRow(records);
    const fault = check.firstFault(records);
    if (fault >= 0) this.#addFault(rowNo, records, fault);
    else this.#addGood(records, check.units as number | bigint);
  }

  ragged(rowNo: number, records: Records): void {
    const { count, starts } = records;
    this.#quarantine.add('ragged_row', null, () => ({
      rowNo,
      column: null,
      code: 'ragged_row',
      message: raggedMessage(count, starts.length),
      rawText: this.#textOf(records.line()),
    }));
  }

  /** After the last row: whether the job would take the upload for a mistake. */
  tooManyBadRows(): Rejection | undefined {
    const { count, kept } = this.#quarantine;
    const read = this.#tally.rows + count;
    const [worst] = kept;
    if (count <= read * QUARANTINE_LIMIT || worst === undefined) return undefined;
    const reason =
      `${withCommas(count)} of ${withCommas(read)} rows have problems, too many to import. Fix them and upload ` +
      `the file again. The first is row ${worst.rowNo}: ${worst.message}`;
    return { code: 'too_many_bad_rows', reason: first(reason, REASON_MAX) };
  }

  preview(rejected?: Rejection): Preview {
    const tally = this.#tally;
    const quarantine = this.#quarantine;
    const ignored = this.#header?.ignored ?? [];
    const read = tally.rows + quarantine.count;
    return {
      feed: this.#contract.name,
      header: this.#header?.names ?? [],
      ignoredColumns: ignored,
      rowsRead: read,
      rowsGood: tally.rows,
      rowsQuarantined: quarantine.count,
      ...(rejected && { rejected }),
      amounts: tally.amounts,
      amountRead: formatUnits(tally.units + quarantine.amount.units, SCALE),
      amountGood: formatUnits(tally.units, SCALE),
      amountQuarantined: String(quarantine.amount),
      months: tally.months,
      firstDate: tally.firstDate,
      lastDate: tally.lastDate,
      hasTransactionIds: tally.hasTransactionIds,
      notes: [
        ...(ignored.length > 0 ? [`Ignored columns: ${ignored.join(', ')}.`] : []),
        ...(read === 0 && rejected === undefined ? ['The file has a header but no rows.'] : []),
      ],
      quarantined: quarantine.kept,
      quarantinedByCode: quarantine.byCode,
      fingerprints: this.#fingerprints.finish(),
    };
  }

  #addFault(rowNo: number, records: Records, index: number): void {
    const check = this.#check;
    const column = check.columns[index];
    const code = check.faultOf(records, index);
    if (column === undefined || code === null) return;
    this.#quarantine.add(code, check.units, () => {
      const cells = Array.from({ length: records.count }, (_, place) => this.#textOf(records.cell(place)));
      return {
        rowNo,
        column: column.header,
        code,
        message: faultMessage(code, column, cells[check.places[index] as number] ?? ''),
        rawText: rowText(cells),
      };
    });
  }

  #addGood({ bytes, starts, ends }: Records, units: number | bigint): void {
    const period = starts[this.#periodPlace] as number;
    const month = 100 * numberAt(bytes, period, 4) + numberAt(bytes, period + 5, 2);
    this.#tally.add(
      100 * month + (this.#periodIsMonth ? 1 : numberAt(bytes, period + 8, 2)),
      this.#check.currency,
      units,
    );

    const identity = this.#identity;
    const id = this.#idPlace;
    const byId = id >= 0 && starts[id] !== ends[id];
    identity.begin(byId);
    if (byId) {
      this.#tally.hasTransactionIds = true;
      identity.addCell(bytes, starts[id] as number, ends[id] as number);
    } else {
      for (const place of this.#keyPlaces) {
        if (place < 0) identity.addAmount(units);
        else identity.addCell(bytes, starts[place] as number, ends[place] as number);
      }
    }
    identity.finish();
    this.#fingerprints.add(identity.digest);
  }

  #textOf(bytes: Uint8Array): string {
    return this.#reader?.textOf(bytes) ?? '';
  }
}

/** The number that digits spell. */
function numberAt(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) value = value * 10 + (bytes[at] as number) - 0x30;
  return value;
}
