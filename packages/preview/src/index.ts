/**
 * What the job will make of a CSV, told before it is sent; and banks' exports mapped to a feed. The same code runs in a
 * browser's Web Worker and in Node.
 *
 * - `preview.ts`: `previewCsv`, which reads a file as the job does: `csv-source.ts` (blocks) → `header.ts` → `records.ts`
 *   (rows and cells) → `row-check.ts` (the contract) → `tally.ts`, `quarantine.ts`, `fingerprint.ts`;
 * - `mapping/`: a bank's own export → feeds;
 * - `overlap.ts`, `diff-rows.ts`: against what other uploads hold, and against an earlier version of itself;
 * - `expand.ts`: a whole file or its beginning, never more of it than is asked for;
 * - `read-rows.ts`, `fix-rows.ts`, `safe-csv.ts`: rows out of a file, mended in it, or for a spreadsheet.
 *
 * `test/agreement.test.ts` runs the job's own code over a corpus of files and compares what both say, field by field.
 */
export type { Contract } from './contract.ts';
export { diffRows, type RowsDiff } from './diff-rows.ts';
export { FileTooLargeError, readBeginning, readWhole } from './expand.ts';
export type { Fingerprints } from './fingerprint-table.ts';
export { csvRow as rowText, MissingRowError, parseRow, type RowFix, replaceRows } from './fix-rows.ts';
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
