/** Describes the chosen filters and drills in words, above a drilled visual and on paper. */
import type { FilterName, Filters } from '@centflow/reports';
import { formatDay, formatMonthLong } from '../shared/dates.ts';
import { getCountryName, NOT_STATED } from './figures.ts';

/**
 * Returns one phrase for each choice: drills first, then the period, then the other filters.
 *
 * @param offered filters of the dashboard or visual; other filters stay in the page's address but have no effect here
 * @param drills in order; a later drill of the same column wins
 */
export function describeChoices(
  { from, to, currency, category, account }: Filters,
  offered: readonly FilterName[],
  drills: readonly NonNullable<Filters['drill']>[] = [],
): string[] {
  const clicked = new Map(drills.flatMap((drill) => Object.entries(drill)));
  const words = [...clicked].map(([column, value]) => describeDrill(column, value));
  const chosen = { period: describePeriod(from, to), currency, category, account };
  const filters = (['period', 'currency', 'category', 'account'] as const)
    .map((filter) => (offered.includes(filter) ? chosen[filter] : undefined))
    .filter((phrase) => phrase !== undefined);
  return [...new Set([...words, ...filters])];
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
