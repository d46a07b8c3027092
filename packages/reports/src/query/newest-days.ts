/** Estimates on which days an owner's newest rows are, only from the days that each upload covers. No rows are read. */

/** The first and last day of an upload, and the number of its rows that reports show. */
export interface Covered {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly rows: number;
}

const DAY = 86_400_000;
const dayOf = (date: string) => Math.floor(Date.parse(date) / DAY);

/**
 * Estimates the day since which an owner has at least `rows` rows. The estimate assumes that the rows of each upload
 * are
 * spread evenly over its days, so the actual number may be smaller.
 *
 * @param until the last day to consider
 * @returns undefined if the uploads have fewer rows in total
 */
export function daySince(uploads: readonly Covered[], rows: number, until = '9999-12-31'): string | undefined {
  const covered = uploads
    .map((upload) => ({ ...upload, first: dayOf(upload.firstDate), last: dayOf(upload.lastDate) }))
    .filter(({ first }) => first <= dayOf(until));
  const end = Math.min(dayOf(until), Math.max(...covered.map(({ last }) => last)));
  const start = Math.min(...covered.map(({ first }) => first));
  const rowsSince = (since: number) =>
    covered.reduce((sum, { first, last, rows }) => {
      const days = Math.min(last, end) - Math.max(first, since) + 1;
      return sum + (days > 0 ? (rows * days) / (last - first + 1) : 0);
    }, 0);
  for (let days = 1; end - days > start; days *= 2) {
    const since = end - days;
    if (rowsSince(since) >= rows) return new Date(since * DAY).toISOString().slice(0, 10);
  }
  return undefined;
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(day) - DAY).toISOString().slice(0, 10);
}
