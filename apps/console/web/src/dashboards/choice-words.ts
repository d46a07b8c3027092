/** What a reader has chosen, in words: beside a visual alone, and on paper. */
import type { FilterName, Filters } from '@centflow/reports';
import { formatDay, formatMonthLong } from '../shared/dates.ts';
import { getCountryName, NOT_STATED } from './figures.ts';

/**
 * A phrase for each: what was clicked on the way, then the period, and the rest.
 *
 * @param offered by the dashboard or visual: another choice stays in the address, and narrows nothing here
 * @param drills later ones count
 */
export function describeChoices(
  { from, to, currency, category, account }: Filters,
  offered: readonly FilterName[],
  drills: readonly NonNullable<Filters['drill']>[] = [],
): string[] {
  const clicked = new Map(drills.flatMap((drill) => Object.entries(drill)));
  const words = [...clicked].map(([column, value]) => describeDrill(column, value));
  const chosen = { period: describePeriod(from, to), currency, category, account };
  const said = (['period', 'currency', 'category', 'account'] as const)
    .map((filter) => (offered.includes(filter) ? chosen[filter] : undefined))
    .filter((phrase) => phrase !== undefined);
  return [...new Set([...words, ...said])];
}

function describeDrill(column: string, value: string | null): string {
  if (value === null) return `${column.replaceAll('_', ' ')}: ${NOT_STATED}`;
  if (column === 'country') return getCountryName(value);
  return formatDay(value);
}

function describePeriod(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined) return to === undefined ? undefined : `until ${formatMonthLong(to)}`;
  if (to === undefined) return `since ${formatMonthLong(from)}`;
  return from === to ? formatMonthLong(from) : `${formatMonthLong(from)} – ${formatMonthLong(to)}`;
}
