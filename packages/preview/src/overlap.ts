/** Counts the rows that other uploads have already published. The views show such rows only once. */
import type { Preview } from './preview.ts';

/**
 * For fingerprints in another published upload: the fingerprint's index in the preview, and its number of rows in that
 * upload.
 */
export type Held = readonly (readonly [index: number, occurrences: number])[];

export interface Duplicates {
  /** The number of the file's good rows that the views already show. */
  readonly rows: number;
}

/**
 * Counts the rows of a file that are duplicates. If several uploads of an owner and feed contain the same row, the
 * views show it as often as the upload that contains it most often.
 *
 * @param held for each fingerprint, its highest count in any other published upload
 */
export function duplicatesOf({ fingerprints }: Pick<Preview, 'fingerprints'>, held: Held): Duplicates {
  let rows = 0;
  for (const [index, occurrences] of held) rows += Math.min(fingerprints.counts[index] ?? 0, occurrences);
  return { rows };
}
