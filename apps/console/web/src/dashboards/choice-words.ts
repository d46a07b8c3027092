/** What a reader has chosen, in words: beside a visual alone, and on paper. */
import type { Filters } from '@centflow/reports';
import { formatDay, formatMonthLong } from '../shared/dates.ts';
import { countryName, UNSAID } from './figures.ts';

/** A phrase for each: what was clicked on the way (`drills`, later ones count), then the period, and the rest. */
export function choiceWords(
  { from, to, currency, category, account }: Filters,
  drills: readonly NonNullable<Filters['drill']>[] = [],
): string[] {
  const clicked = new Map(drills.flatMap((drill) => Object.entries(drill)));
  const words = [...clicked].map(([column, value]) => wordsFor(column, value));
  const chosen = [periodWords(from, to), currency, category, account].filter((said) => said !== undefined);
  return [...new Set([...words, ...chosen])];
}

function wordsFor(column: string, value: string | null): string {
  if (value === null) return `${column.replaceAll('_', ' ')}: ${UNSAID}`;
  if (column === 'country') return countryName(value);
  return formatDay(value);
}

function periodWords(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined) return to === undefined ? undefined : `until ${formatMonthLong(to)}`;
  if (to === undefined) return `since ${formatMonthLong(from)}`;
  return from === to ? formatMonthLong(from) : `${formatMonthLong(from)} – ${formatMonthLong(to)}`;
}
