import { countMonths } from '../../shared/dates.ts';

export const TOP = 26;
export const CELL = 17;
export const BLOCK = TOP + 7 * CELL + 18;

/** The maximum number of months in one row. More months would make the squares too small. */
export const getMonthsPerRow = (narrow: boolean): number => (narrow ? 6 : 12);

/** Returns the height of the calendar, which must be known before the figures load. */
export function getCalendarHeight(from: string | undefined, to: string | undefined, narrow: boolean): number {
  const months = from !== undefined && to !== undefined ? countMonths(from, to) : 12;
  return Math.ceil(Math.max(months, 1) / getMonthsPerRow(narrow)) * BLOCK;
}
