/** Measures the report views for one household, for an owner with very many rows, and for all owners. */
import { viewNames } from '@centflow/cli/commands/report';
import { queryRows } from '@centflow/local-stack/database';
import type { Connection } from 'mysql2/promise';
import type { ViewTime } from './results.ts';
import { median, round } from './statistics.ts';

export const LIMIT_SECONDS = 60;
const READINGS = 3;
/** A reading that takes longer than this number of seconds is not repeated. */
const LONG_SECONDS = 8;
const ER_QUERY_TIMEOUT = 3024;

/** For each view that no page reads completely: the clauses that limit its rows. */
const PAGES: Readonly<Partial<Record<string, string>>> = {
  v_transactions: ' ORDER BY date DESC LIMIT 50',
  v_quarantined_rows: ' ORDER BY upload_id, row_no LIMIT 50',
  v_row_identities: ' LIMIT 50',
};

export interface ViewReading {
  readonly view: string;
  readonly sql: string;
  readonly time: ViewTime;
}

/**
 * Reads all rows of every view, except that only the newest transactions are read, like one page of a list.
 *
 * @param owners the owners to read for, in addition to all owners at once
 */
export async function measureViews(
  reporter: Connection,
  rows: number,
  owners: Readonly<Partial<Record<ViewTime['asked'], string>>>,
  say: (text: string) => void,
): Promise<ViewReading[]> {
  await reporter.query('SET SESSION max_execution_time = ?', [LIMIT_SECONDS * 1000]);
  const readings: ViewReading[] = [];
  for (const view of viewNames) {
    for (const asked of ['household', 'owner', 'all'] as const) {
      if (asked !== 'all' && owners[asked] === undefined) continue;
      say(`${view}, ${asked}, over ${rows} rows`);
      const time = await readRepeatedly(reporter, sqlOf(view, asked), owners[asked]);
      readings.push({ view, sql: sqlOf(view, 'all'), time: { rows, asked, ...time } });
    }
  }
  return readings;
}

function sqlOf(view: string, asked: ViewTime['asked']): string {
  const where = asked === 'all' ? '' : ' WHERE owner = ?';
  const page = PAGES[view] ?? '';
  return `SELECT * FROM ${view}${where}${page}`;
}

async function readRepeatedly(
  reporter: Connection,
  sql: string,
  owner: string | undefined,
): Promise<Pick<ViewTime, 'medianSeconds' | 'readings' | 'cut'>> {
  const seconds: number[] = [];
  while (seconds.length < READINGS) {
    const since = performance.now();
    const finished = await finishes(reporter, sql, owner);
    const took = (performance.now() - since) / 1000;
    seconds.push(took);
    if (!finished) return { medianSeconds: LIMIT_SECONDS, readings: seconds.length, cut: true };
    if (took > LONG_SECONDS) break;
  }
  return { medianSeconds: round(median(seconds)), readings: seconds.length, cut: false };
}

/** Runs a query, and returns whether MySQL answered within the limit. */
async function finishes(reporter: Connection, sql: string, owner: string | undefined): Promise<boolean> {
  try {
    await queryRows(reporter, sql, owner === undefined ? [] : [owner]);
    return true;
  } catch (error) {
    if ((error as { errno?: number }).errno === ER_QUERY_TIMEOUT) return false;
    throw error;
  }
}
