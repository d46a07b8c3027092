/** Rows that readers see already, from other uploads: they will count once. */
import type { Preview } from './preview.ts';

/** How often another published upload holds a fingerprint: its index in the preview's, and the occurrences. */
export type Held = readonly (readonly [index: number, occurrences: number])[];

export interface Duplicates {
  /** Good rows of the file that are shown already. */
  readonly rows: number;
}

/**
 * Within an owner and feed, readers see each row as often as the upload that has it most often.
 *
 * @param held of each fingerprint the highest multiplicity among the other published uploads
 */
export function duplicatesOf({ fingerprints }: Pick<Preview, 'fingerprints'>, held: Held): Duplicates {
  let rows = 0;
  for (const [index, occurrences] of held) rows += Math.min(fingerprints.counts[index] ?? 0, occurrences);
  return { rows };
}
