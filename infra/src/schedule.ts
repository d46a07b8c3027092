/** How often an AWS schedule comes round, as far as costs and thresholds need it. */

/** A schedule with more in it than is understood here. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';

  constructor(schedule: string, field: string) {
    super(
      `How often ${schedule} runs is not known here: ${field} is more than numbers, names, ranges, steps and commas, or not every month. Teach it to infra/src/schedule.ts.`,
    );
  }
}

export const HOURS_PER_MONTH = 730;
const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;

/**
 * About how often a month it runs.
 *
 * @throws {ScheduleError} it says more than this can count.
 */
export function runsPerMonth(schedule: string): number {
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = schedule
    .replace(/^cron\(|\)$/g, '')
    .split(' ');
  for (const field of [month, year]) if (field !== '*') throw new ScheduleError(schedule, field);
  const count = (field: string, of: number) => valuesIn(field, of) ?? fail(schedule, field);
  const days = isAny(dayOfWeek)
    ? (count(dayOfMonth, 31) / 31) * DAYS_PER_MONTH
    : (count(dayOfWeek, 7) / 7) * DAYS_PER_MONTH;
  return count(minutes, 60) * count(hours, 24) * days;
}

function isAny(field: string): boolean {
  return field === '*' || field === '?';
}

/** How many of its `of` values a field names. */
function valuesIn(field: string, of: number): number | undefined {
  if (isAny(field)) return of;
  const step = /^(?:\*|0)\/(\d+)$/.exec(field);
  if (step) return Math.ceil(of / Number(step[1]));
  const parts = field.split(',').map((part) => {
    if (/^(\d+|[A-Z]{3})$/.test(part)) return 1;
    const range = /^(\d+)-(\d+)$/.exec(part);
    return range ? Number(range[2]) - Number(range[1]) + 1 : Number.NaN;
  });
  const sum = parts.reduce((total, part) => total + part, 0);
  return Number.isNaN(sum) ? undefined : sum;
}

function fail(schedule: string, field: string): never {
  throw new ScheduleError(schedule, field);
}
