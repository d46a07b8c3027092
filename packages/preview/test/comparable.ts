/** Converts a preview to the format in which the job reports a file. */
import type { Preview } from '../src/preview.ts';
import type { Outcome } from './job.ts';

/** Returns a preview in the job's format. A rejected file has only its rejection. */
export function comparable(preview: Preview): Outcome {
  if (preview.rejected && preview.rejected.code !== 'too_many_bad_rows') return { rejected: preview.rejected };
  const { bytes, counts, complete } = preview.fingerprints;
  if (!complete) throw new Error('The preview did not keep every fingerprint.');
  return {
    ...(preview.rejected && { rejected: preview.rejected }),
    header: preview.header,
    ignoredColumns: preview.ignoredColumns,
    rowsRead: preview.rowsRead,
    rowsGood: preview.rowsGood,
    rowsQuarantined: preview.rowsQuarantined,
    amountGood: preview.amountGood,
    amountQuarantined: preview.amountQuarantined,
    firstDate: preview.firstDate,
    lastDate: preview.lastDate,
    hasTransactionIds: preview.hasTransactionIds,
    notes: preview.notes,
    quarantined: preview.quarantined.map((row) => [row.rowNo, row.column, row.code, row.message, row.rawText]),
    months: preview.months.map(({ month, currency, rows, amount }) => [month, currency, rows, amount]),
    fingerprints: [...counts].map((count, index) => [
      Buffer.from(bytes.subarray(16 * index, 16 * index + 16)).toString('hex'),
      count,
    ]),
  };
}
