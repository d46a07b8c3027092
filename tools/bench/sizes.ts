/** How much each part of the benchmark measures. */
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
  /** What the issue of speed is judged by, or a quick look that everything works. */
  readonly scale: 'full' | 'quick';
  /** Starts of `npm start` with the samples loaded. */
  readonly warmStarts: number;
  readonly loadRows: number;
  /** Pairs of runs, ours and the MySQL client's, one after the other. */
  readonly loadPairs: number;
  readonly peerRows: number;
  readonly latencyUploads: number;
  readonly burstUploads: number;
  /** Of the console's API under load. */
  readonly apiSeconds: number;
  /** How often a page of the console is opened for one figure. */
  readonly pages: number;
  readonly previewRows: number;
  /** Of the owner whose searches are slow. */
  readonly searchedRows: number;
  /** Of another owner's requests, once quiet and once while the searches run. */
  readonly fairnessSeconds: number;
  /** Small uploads of one owner beside each load of another. */
  readonly sharedUploads: number;
  /** Rows of a file with as many columns as may be. */
  readonly widestRows: number;
  /** From the smallest to the large file. */
  readonly growth: readonly number[];
}

export const FULL_ROWS = 10_000_000;
const QUICK_ROWS = 100_000;
const LOAD_ROWS = 1_000_000;
const PREVIEW_ROWS = 100_000;
const SEARCHED_ROWS = 400_000;

/** @param rows of the large file; everything that has rows follows from it */
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
      throw new InvalidArgumentError(`${name} is no part of the benchmark; there are ${SECTIONS.join(', ')}`);
    }
    return section;
  });
}

export function parseRows(text: string): number {
  const rows = Number(text);
  if (!Number.isSafeInteger(rows) || rows < 1000) throw new InvalidArgumentError('A number from 1000 on');
  return rows;
}
