/** Measures the queries of the console's visuals, for the period that a dashboard shows first and for all months. */
import { type Filters, isInOneCurrency, visuals } from '@centflow/reports';
import { choices, runVisual } from '@centflow/reports/query';
import { drizzle } from 'drizzle-orm/mysql2';
import type { Connection } from 'mysql2/promise';
import type { VisualTime } from './results.ts';
import { median, percentile, round } from './statistics.ts';

const READINGS = 20;

/** Runs the API's query of every visual, in the owner's main currency. */
export async function measureVisuals(
  reporter: Connection,
  owner: string,
  say: (text: string) => void,
): Promise<VisualTime[]> {
  // The API's connections use the same setting. With it, literals are compared under the collation of the views.
  await reporter.query('SET NAMES utf8mb4 COLLATE utf8mb4_0900_as_cs');
  const database = drizzle(reporter);
  const { currencies, firstMonth, lastMonth } = await choices(database, owner);
  if (firstMonth === null || lastMonth === null) throw new RangeError(`${owner} has no rows to show`);
  const currency = currencies[0];
  const periods = { 'last-12': { from: monthsBefore(lastMonth, 11), to: lastMonth }, all: {} } as const;

  const times: VisualTime[] = [];
  for (const visual of visuals) {
    for (const period of ['last-12', 'all'] as const) {
      say(`${visual.id}, ${period}`);
      const filters: Filters = { ...periods[period], ...(isInOneCurrency(visual) && currency ? { currency } : {}) };
      const seconds: number[] = [];
      let rows = 0;
      while (seconds.length < READINGS) {
        const since = performance.now();
        rows = (await runVisual(database, visual, owner, filters)).rows.length;
        seconds.push((performance.now() - since) / 1000);
      }
      const figures = { medianSeconds: round(median(seconds)), p95Seconds: round(percentile(seconds, 0.95)) };
      times.push({ visual: visual.id, view: visual.view, period, rows, readings: READINGS, ...figures });
    }
  }
  return times;
}

/** @param month `YYYY-MM` */
function monthsBefore(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 - months, 1)).toISOString().slice(0, 7);
}
