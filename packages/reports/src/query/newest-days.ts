/** Estimates on which days an owner's newest rows are, from the days that each upload covers. It reads no row. */

/** An upload's first and last day, and the number of its shown rows. */
export interface Covered {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly rows: number;
}

const DAY = 86_400_000;
const dayOf = (date: string) => Math.floor(Date.parse(date) / DAY);

/**
 * Estimates the day since which there are about `rows` rows or more, as if an upload's rows were spread evenly over its days.
 * The caller must expect to find fewer.
 *
 * @param until the last day that counts
 * @returns undefined if there are fewer rows in total
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
