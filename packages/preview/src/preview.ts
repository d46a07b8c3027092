/** Previews what the job will do with a CSV. */
import { SCALE } from './amount.ts';
import type { Contract } from './contract.ts';
import { csvRow } from './csv-row.ts';
import { CsvSource } from './csv-source.ts';
import { formatUnits } from './decimal.ts';
import { faultMessage, raggedMessage } from './fault-message.ts';
import { Identity } from './fingerprint.ts';
import { type Fingerprints, FingerprintTable } from './fingerprint-table.ts';
import type { Header } from './header.ts';
import { first, formatCount, quoteText } from './job-text.ts';
import { Quarantine, type QuarantinedRow } from './quarantine.ts';
import { CsvReader, LARGE_BLOCK_BYTES, limitCsv, RecordTooLongError, type RowSink } from './read-csv.ts';
import type { Records } from './records.ts';
import { type Rejection, UploadRejectedError } from './rejection.ts';
import { RowCheck } from './row-check.ts';
import { type CsvBytes, formatMebibytes, piecesOf, sizeOf } from './source.ts';
import { type CurrencyAmount, type MonthAmount, Tally } from './tally.ts';

const MIB = 1 << 20;
/** The maximum share of bad rows. An upload with a larger share is rejected: it is probably not a CSV of its feed. */
const QUARANTINE_LIMIT = 0.5;
const REASON_MAX = 1000;
const NAME_SHOWN = 200;

/** The maximum sizes of an upload in bytes. The defaults are the job's limits. */
export interface ReadLimits {
  /** The limit for the object as stored. */
  readonly objectBytes: number;
  /** The limit for the CSV after decompression. */
  readonly expandedBytes: number;
}

const JOB_LIMITS: ReadLimits = { objectBytes: 2048 * MIB, expandedBytes: 4096 * MIB };

export interface PreviewOptions {
  /** The file's name. A name that ends in `.csv.gz` means gzip. */
  readonly name: string;
  /** Called from time to time with the share of the file that has been read, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Aborts the preview, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<ReadLimits>;
  /** The maximum number of quarantined rows to return; the default is 1,000. */
  readonly quarantinedKept?: number;
  /** The maximum number of distinct fingerprints to return; the default is 2^21. */
  readonly fingerprintsKept?: number;
  /** The block size in bytes; by default the job's block size. */
  readonly blockBytes?: number;
}

/** What the job will do with a CSV. Amounts are decimal texts with four decimals. */
export interface Preview {
  readonly feed: string;
  /** The headers as the file spells them; empty if they cannot be read. */
  readonly header: readonly string[];
  readonly ignoredColumns: readonly string[];
  readonly rowsRead: number;
  readonly rowsGood: number;
  readonly rowsQuarantined: number;
  /** Why the job would reject the upload. All counts are then 0, except after `too_many_bad_rows`. */
  readonly rejected?: Rejection;
  /** The good rows by currency. */
  readonly amounts: readonly CurrencyAmount[];
  /** Sums over all currencies, which are checksums and not money, as in `v_upload_accounting`. */
  readonly amountRead: string;
  readonly amountGood: string;
  readonly amountQuarantined: string;
  readonly months: readonly MonthAmount[];
  /** The date of the earliest good row as YYYY-MM-DD. A month counts as its first day. */
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly hasTransactionIds: boolean;
  /** Notes for the uploader, such as ignored columns. */
  readonly notes: readonly string[];
  /** The first quarantined rows. */
  readonly quarantined: readonly QuarantinedRow[];
  /** The number of rows for each code, with the most frequent code first. */
  readonly quarantinedByCode: readonly { readonly code: string; readonly rows: number }[];
  /** The fingerprints of the good rows. */
  readonly fingerprints: Fingerprints;
}

/**
 * Reads a CSV like the job. Rows are not kept in memory, so memory is bounded for a file of any size. A CSV that the
 * job would reject does not throw. The result then has `rejected`.
 *
 * @throws the signal's reason after an abort
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
      `${quoteText(name, NAME_SHOWN)} does not end in .csv or .csv.gz. ` +
        'Save the file as CSV under a name that ends in .csv, or in .csv.gz if it is compressed.',
    );
  }
  if (size > limits.objectBytes) {
    throw new UploadRejectedError(
      'too_large',
      `The file is ${formatMebibytes(size)} MiB large, but the limit is ${formatMebibytes(limits.objectBytes)} MiB. Split it into several files.`,
    );
  }
}

/** Checks and counts the rows of a file and collects their fingerprints. */
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
  /** The column indexes of the natural key. The amount has the index -1. */
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

  /** Returns the rejection if too many rows are bad. To be called after the last row. */
  tooManyBadRows(): Rejection | undefined {
    const { count, kept } = this.#quarantine;
    const read = this.#tally.rows + count;
    const [worst] = kept;
    if (count <= read * QUARANTINE_LIMIT || worst === undefined) return undefined;
    const reason =
      `${formatCount(count)} of ${formatCount(read)} rows have problems, too many to import. Fix them and upload ` +
      `the file again. The first problem is in row ${worst.rowNo}: ${worst.message}`;
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
        rawText: csvRow(cells),
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

/** Returns the number that the digits spell. */
function numberAt(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let offset = from; offset < from + count; offset++) value = value * 10 + (bytes[offset] as number) - 0x30;
  return value;
}
