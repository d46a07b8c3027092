/** Formats dates. Days and months have no time zone. Moments are shown in the reader's time zone. */
const month = new Intl.DateTimeFormat(undefined, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const monthLong = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Formats `2025-03` as `Mar 2025`. */
export function formatMonth(value: string): string {
  return isMonth(value) ? month.format(new Date(`${value}-01T00:00:00Z`)) : value;
}

/** Formats `2025-03` as `March 2025`. */
export function formatMonthLong(value: string): string {
  return isMonth(value) ? monthLong.format(new Date(`${value}-01T00:00:00Z`)) : value;
}

/** Formats `2025-03-02` as `Mar 2, 2025`, in the reader's language. */
export function formatDay(value: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? day.format(new Date(`${value}T00:00:00Z`)) : value;
}

/** Formats an ISO 8601 moment in the reader's time zone. */
export function formatMoment(value: string): string {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? value : moment.format(at);
}

export function isMonth(value: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(value);
}

/** Adds months: `2025-01` and -1 give `2024-12`. */
export function addMonths(value: string, count: number): string {
  const [year = 0, monthOfYear = 1] = value.split('-').map(Number);
  const total = year * 12 + (monthOfYear - 1) + count;
  return `${String(Math.floor(total / 12)).padStart(4, '0')}-${String((total % 12) + 1).padStart(2, '0')}`;
}

/** Returns all months from the earliest to the latest, including months that the list lacks. */
export function fillMonths(months: readonly string[]): string[] {
  const sorted = [...months].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  return Array.from({ length: countMonths(first, last) }, (_, index) => addMonths(first, index));
}

/** Counts the months from the first to the last, including these two months. */
export function countMonths(from: string, to: string): number {
  const [fromYear = 0, fromMonth = 1] = from.split('-').map(Number);
  const [toYear = 0, toMonth = 1] = to.split('-').map(Number);
  return (toYear - fromYear) * 12 + (toMonth - fromMonth) + 1;
}
