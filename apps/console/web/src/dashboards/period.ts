/**
 * The periods to choose from. A period such as “Last 12 months” ends at the newest month with data, because statements
 * arrive late.
 */
import { addMonths } from '../shared/dates.ts';
import type { Chosen } from './chosen.ts';

export interface Months {
  readonly first: string;
  readonly last: string;
}

export type PeriodName = 'last-12' | 'last-3' | 'this-year' | 'last-year' | 'all' | 'custom';

export const periodTitles: Readonly<Record<PeriodName, string>> = {
  'last-12': 'Last 12 months',
  'last-3': 'Last 3 months',
  'this-year': 'This year',
  'last-year': 'Last year',
  all: 'All time',
  custom: 'Custom range',
};

/** Returns the months of a preset. */
export function getPeriodMonths(
  name: Exclude<PeriodName, 'custom'>,
  { first, last }: Months,
): { from: string; to: string } {
  const year = Number(last.slice(0, 4));
  switch (name) {
    case 'last-12':
      return { from: addMonths(last, -11), to: last };
    case 'last-3':
      return { from: addMonths(last, -2), to: last };
    case 'this-year':
      return { from: `${year}-01`, to: `${year}-12` };
    case 'last-year':
      return { from: `${year - 1}-01`, to: `${year - 1}-12` };
    case 'all':
      return { from: first, to: last };
  }
}

/** Returns the preset that matches the months in the page's address. The default is the last twelve months. */
export function findPeriod(chosen: Pick<Chosen, 'from' | 'to'>, months: Months): PeriodName {
  if (chosen.from === undefined && chosen.to === undefined) return 'last-12';
  const presets = ['last-12', 'last-3', 'this-year', 'last-year', 'all'] as const;
  return presets.find((name) => hasSameMonths(getPeriodMonths(name, months), chosen)) ?? 'custom';
}

function hasSameMonths(one: { from: string; to: string }, other: Pick<Chosen, 'from' | 'to'>): boolean {
  return one.from === other.from && one.to === other.to;
}

/** Returns the months, newest first. */
export function listMonths({ first, last }: Months): string[] {
  const months: string[] = [];
  for (let month = last; month >= first && months.length < 1200; month = addMonths(month, -1)) months.push(month);
  return months;
}
