/** How long the report views take, for one household and for everybody. */
import type { Connection } from 'mysql2/promise';
import { viewNames } from '../commands/report.ts';
import { queryRows } from '../database.ts';
import type { ViewTime } from './results.ts';
import { median, round } from './statistics.ts';

export const LIMIT_SECONDS = 60;
const READINGS = 3;
/** A reading that takes longer than this is not repeated. */
const LONG_SECONDS = 8;
const ER_QUERY_TIMEOUT = 3024;

export interface ViewReading {
  readonly view: string;
  readonly sql: string;
  readonly time: ViewTime;
}

/** Reads every view, all of its rows; of the transactions, the newest, as a page of a list shows them. */
export async function measureViews(
  reporter: Connection,
  rows: number,
  household: string,
  say: (text: string) => void,
): Promise<ViewReading[]> {
  await reporter.query('SET SESSION max_execution_time = ?', [LIMIT_SECONDS * 1000]);
  const readings: ViewReading[] = [];
  for (const view of viewNames) {
    for (const asked of ['household', 'all'] as const) {
      say(`${view}, ${asked}, over ${rows} rows`);
      const time = await readRepeatedly(reporter, sqlOf(view, asked), household);
      readings.push({ view, sql: sqlOf(view, 'all'), time: { rows, asked, ...time } });
    }
  }
  return readings;
}

function sqlOf(view: string, asked: ViewTime['asked']): string {
  const where = asked === 'household' ? ' WHERE owner = ?' : '';
  const page = view === 'v_transactions' ? ' ORDER BY date DESC LIMIT 50' : '';
  return `SELECT * FROM ${view}${where}${page}`;
}

async function readRepeatedly(
  reporter: Connection,
  sql: string,
  household: string,
): Promise<Pick<ViewTime, 'medianSeconds' | 'readings' | 'cut'>> {
  const seconds: number[] = [];
  while (seconds.length < READINGS) {
    const since = performance.now();
    const finished = await finishes(reporter, sql, household);
    const took = (performance.now() - since) / 1000;
    seconds.push(took);
    if (!finished) return { medianSeconds: LIMIT_SECONDS, readings: seconds.length, cut: true };
    if (took > LONG_SECONDS) break;
  }
  return { medianSeconds: round(median(seconds)), readings: seconds.length, cut: false };
}

/** Whether MySQL answered within the limit. */
async function finishes(reporter: Connection, sql: string, household: string): Promise<boolean> {
  try {
    await queryRows(reporter, sql, sql.includes('?') ? [household] : []);
    return true;
  } catch (error) {
    if ((error as { errno?: number }).errno === ER_QUERY_TIMEOUT) return false;
    throw error;
  }
}
