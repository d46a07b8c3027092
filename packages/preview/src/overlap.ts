/** Counts the rows that other uploads have already published. The views show such rows only once. */
import type { Preview } from './preview.ts';

/**
 * The fingerprints of the preview that also occur in other published uploads. `index` is the fingerprint's index in the
 * preview. `occurrences` is the highest number of rows with this fingerprint in any of those uploads.
 */
export type Held = readonly (readonly [index: number, occurrences: number])[];

export interface Duplicates {
  /** The number of the file's good rows that the views already show. */
  readonly rows: number;
}

/**
 * Counts the rows of a file that are duplicates. Several uploads of an owner and feed may contain the same row. The
 * views then do not add up the copies: they show as many copies as the upload with the most copies has.
 *
 * @param held the fingerprints that also occur in other published uploads
 */
export function duplicatesOf({ fingerprints }: Pick<Preview, 'fingerprints'>, held: Held): Duplicates {
  let rows = 0;
  for (const [index, occurrences] of held) rows += Math.min(fingerprints.counts[index] ?? 0, occurrences);
  return { rows };
}
