/** Counts the runs of an AWS schedule. Costs and thresholds depend on the number. */

/** Reports that a schedule uses a syntax that is not supported here. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';

  constructor(schedule: string, field: string) {
    super(
      `The runs of the schedule ${schedule} cannot be counted, because ${field} is not supported. Use numbers, names, ranges, steps and commas, in every month, or extend infra/src/schedule.ts.`,
    );
  }
}

export const HOURS_PER_MONTH = 730;
const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;

/**
 * Returns the approximate number of runs a month.
 *
 * @throws {ScheduleError} the schedule uses a syntax that cannot be counted.
 */
export function runsPerMonth(schedule: string): number {
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = schedule
    .replace(/^cron\(|\)$/g, '')
    .split(' ');
  for (const field of [month, year]) if (field !== '*') throw new ScheduleError(schedule, field);
  const count = (field: string, total: number) => countValues(field, total) ?? fail(schedule, field);
  const days = isAny(dayOfWeek)
    ? (count(dayOfMonth, 31) / 31) * DAYS_PER_MONTH
    : (count(dayOfWeek, 7) / 7) * DAYS_PER_MONTH;
  return count(minutes, 60) * count(hours, 24) * days;
}

function isAny(field: string): boolean {
  return field === '*' || field === '?';
}

/** Returns the number of values that a field of the schedule selects out of `total`, or undefined for an unsupported syntax. */
function countValues(field: string, total: number): number | undefined {
  if (isAny(field)) return total;
  const step = /^(?:\*|0)\/(\d+)$/.exec(field);
  if (step) return Math.ceil(total / Number(step[1]));
  const parts = field.split(',').map((part) => {
    if (/^(\d+|[A-Z]{3})$/.test(part)) return 1;
    const range = /^(\d+)-(\d+)$/.exec(part);
    return range ? Number(range[2]) - Number(range[1]) + 1 : Number.NaN;
  });
  const sum = parts.reduce((count, part) => count + part, 0);
  return Number.isNaN(sum) ? undefined : sum;
}

function fail(schedule: string, field: string): never {
  throw new ScheduleError(schedule, field);
}
