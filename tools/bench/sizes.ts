/** The sizes of each part of the benchmark. */
import { InvalidArgumentError } from 'commander';

export const SECTIONS = [
  'start',
  'load',
  'latency',
  'burst',
  'large',
  'views',
  'console',
  'fairness',
  'sharing',
] as const;
export type Section = (typeof SECTIONS)[number];

export interface Sizes {
  /** `full` sizes give figures that can be published. `quick` sizes only check that the benchmark works. */
  readonly scale: 'full' | 'quick';
  /** The number of runs of `npm start` with the samples loaded. */
  readonly warmStarts: number;
  readonly loadRows: number;
  /** The number of pairs of loads. A pair is one load by Centflow, then one load by the MySQL client. */
  readonly loadPairs: number;
  readonly peerRows: number;
  readonly latencyUploads: number;
  readonly burstUploads: number;
  /** The seconds during which requests are sent to the console's API. */
  readonly apiSeconds: number;
  /** How many times a page of the console is opened for one figure. */
  readonly pages: number;
  readonly previewRows: number;
  /** The number of rows of the owner who sends slow searches. */
  readonly searchedRows: number;
  /** The seconds for which the other owner's requests are measured, once before and once during the searches. */
  readonly fairnessSeconds: number;
  /** The minimum number of one owner's small uploads during each load of another owner. */
  readonly sharedUploads: number;
  /** The number of rows of a file with the maximum number of columns. */
  readonly widestRows: number;
  /** The numbers of rows of the files, in ascending order. */
  readonly growth: readonly number[];
}

export const FULL_ROWS = 10_000_000;
const QUICK_ROWS = 100_000;
const LOAD_ROWS = 1_000_000;
const PREVIEW_ROWS = 100_000;
const SEARCHED_ROWS = 400_000;

/** @param rows the rows of the large file, which limit the other sizes */
export function planSizes(quick: boolean, rows: number = quick ? QUICK_ROWS : FULL_ROWS): Sizes {
  const loadRows = Math.min(rows, LOAD_ROWS);
  return {
    scale: quick || rows < FULL_ROWS ? 'quick' : 'full',
    warmStarts: quick ? 1 : 5,
    loadRows,
    loadPairs: 3,
    peerRows: Math.ceil(loadRows / 10),
    latencyUploads: quick ? 5 : 25,
    burstUploads: quick ? 100 : 1000,
    apiSeconds: quick ? 3 : 15,
    pages: quick ? 1 : 5,
    previewRows: Math.min(rows, PREVIEW_ROWS),
    searchedRows: Math.min(rows, SEARCHED_ROWS),
    fairnessSeconds: quick ? 5 : 20,
    sharedUploads: quick ? 5 : 20,
    widestRows: quick ? 2000 : 80_000,
    growth: [Math.ceil(rows / 100), Math.ceil(rows / 10), rows],
  };
}

export function parseSections(text: string): readonly Section[] {
  return text.split(',').map((name) => {
    const section = SECTIONS.find((known) => known === name.trim());
    if (section === undefined) {
      throw new InvalidArgumentError(`${name} is not a part of the benchmark. The parts are ${SECTIONS.join(', ')}.`);
    }
    return section;
  });
}

export function parseRows(text: string): number {
  const rows = Number(text);
  if (!Number.isSafeInteger(rows) || rows < 1000)
    throw new InvalidArgumentError('The value must be a whole number of at least 1000.');
  return rows;
}
