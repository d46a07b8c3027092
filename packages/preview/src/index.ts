/**
 * Previews what the job will do with a CSV before the CSV is uploaded, and maps bank exports to feeds.
 *
 * The same code runs in a browser's Web Worker and in Node. README.md lists the files in the order of the flow.
 */
export type { Contract } from './contract.ts';
export { csvRow as rowText } from './csv-row.ts';
export { diffRows, type RowsDiff } from './diff-rows.ts';
export { FileTooLargeError, readBeginning, readWhole } from './expand.ts';
export type { Fingerprints } from './fingerprint-table.ts';
export { MissingRowError, parseRow, type RowFix, replaceRows } from './fix-rows.ts';
export * from './mapping/index.ts';
export { type Duplicates, duplicatesOf, type Held } from './overlap.ts';
export { type Preview, type PreviewOptions, previewCsv, type ReadLimits } from './preview.ts';
export type { QuarantinedRow } from './quarantine.ts';
export { type FileRow, type FileRows, readHead, readRows } from './read-rows.ts';
export { type Rejection, UploadRejectedError } from './rejection.ts';
export { type CellProblem, checkRow } from './row-check.ts';
export { safeCell, toSafeCsv } from './safe-csv.ts';
export type { CsvBytes } from './source.ts';
export type { CurrencyAmount, MonthAmount } from './tally.ts';
