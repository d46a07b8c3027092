/** Counts rows that other uploads have already published. Such rows count only once. */
import type { Preview } from './preview.ts';

/** Pairs of a fingerprint's index in the preview and its number of rows in another published upload. */
export type Held = readonly (readonly [index: number, occurrences: number])[];

export interface Duplicates {
  /** The good rows of the file that are already visible. */
  readonly rows: number;
}

/**
 * Counts the duplicates. For each owner and feed, a row is visible as often as in the upload that has it most often.
 *
 * @param held the highest count of each fingerprint in any other published upload
 */
export function duplicatesOf({ fingerprints }: Pick<Preview, 'fingerprints'>, held: Held): Duplicates {
  let rows = 0;
  for (const [index, occurrences] of held) rows += Math.min(fingerprints.counts[index] ?? 0, occurrences);
  return { rows };
}
