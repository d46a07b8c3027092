/** The same file a hundred, ten times smaller and in full: what grows with it, the load's memory or the views' time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryRows } from '../database.ts';
import type { Version } from '../follow.ts';
import { repository } from '../paths.ts';
import {
  type BenchStack,
  putExpenses,
  putText,
  untilPublished,
  untilQuiet,
  warmUp,
  withBenchStack,
} from './bench-stack.ts';
import type { Results } from './results.ts';
import { readHeapMb, withUsages } from './sample-processes.ts';
import type { Sizes } from './sizes.ts';
import { round } from './statistics.ts';
import { LIMIT_SECONDS, measureViews, type ViewReading } from './views.ts';

/** The household of samples/ that stands beside the large file. */
const HOUSEHOLD = 'ada';

type GrowthStep = Results['large']['growth'][number];

interface Measured {
  readonly step: GrowthStep;
  readonly heapMb: number;
  readonly readings: readonly ViewReading[];
  readonly householdRows: number;
}

/**
 * @param withViews whether the views are read at each size
 * @param onStack told of each stack before it is measured
 */
export async function measureGrowth(
  signal: AbortSignal,
  sizes: Sizes,
  withViews: boolean,
  say: (text: string) => void,
  onStack: (bench: BenchStack) => Promise<void>,
): Promise<Pick<Results, 'large' | 'views'>> {
  const measured: Measured[] = [];
  for (const rows of sizes.growth) {
    // A database of its own for each size: the views see that many rows, and the household's.
    const step = await withBenchStack(signal, say, async (bench) => {
      await onStack(bench);
      return measureSize(bench, rows, withViews, say);
    });
    measured.push(step);
  }
  const last = measured.at(-1);
  if (last === undefined) throw new RangeError('There is no size to measure');
  const { usages: _, ...figures } = last.step;
  return {
    large: { ...figures, heapMb: last.heapMb, growth: measured.map(({ step }) => step) },
    views: {
      limitSeconds: LIMIT_SECONDS,
      householdRows: last.householdRows,
      views: byView(measured.flatMap(({ readings }) => readings)),
    },
  };
}

async function measureSize(
  bench: BenchStack,
  rows: number,
  withViews: boolean,
  say: (text: string) => void,
): Promise<Measured> {
  await warmUp(bench, 1);
  const householdRows = await loadHousehold(bench);
  await untilQuiet(bench);
  say(`loading ${rows} rows`);
  const [loaded, usages] = await withUsages(async () => {
    const { version, bytes } = await putExpenses(bench, 'raw/expenses/owner=large/all.csv', rows);
    const [upload] = await untilPublished(bench, [version], 100);
    return { upload, bytes };
  });
  if (loaded.upload?.rows_published !== rows) {
    throw new Error(`${loaded.upload?.rows_published} of ${rows} rows were published`);
  }
  const seconds = Number(loaded.upload.seconds_to_visible);
  // Of the program that generated the file.
  delete usages.client;
  const readings = withViews ? await readViews(bench, rows, say) : [];
  return {
    step: { rows, bytes: loaded.bytes, seconds: round(seconds), rowsPerSecond: Math.round(rows / seconds), usages },
    heapMb: readHeapMb(),
    readings,
    householdRows,
  };
}

async function readViews(bench: BenchStack, rows: number, say: (text: string) => void): Promise<ViewReading[]> {
  await untilQuiet(bench);
  return measureViews(bench.reporter, rows, HOUSEHOLD, say);
}

/** @returns how many rows of it are published */
async function loadHousehold(bench: BenchStack): Promise<number> {
  const versions: Version[] = [];
  for (const feed of ['budgets', 'expenses', 'incomes']) {
    const folder = `raw/${feed}/owner=${HOUSEHOLD}`;
    for (const name of readdirSync(join(repository, 'samples', folder)).sort()) {
      const text = readFileSync(join(repository, 'samples', folder, name));
      versions.push(await putText(bench, `${folder}/${name}`, text));
    }
  }
  await untilPublished(bench, versions, 50);
  const [row] = await queryRows<{ rows_published: string }>(
    bench.reporter,
    'SELECT SUM(rows_published) AS rows_published FROM v_upload_accounting WHERE owner = ?',
    [HOUSEHOLD],
  );
  return Number(row?.rows_published);
}

function byView(readings: readonly ViewReading[]): Results['views']['views'] {
  const views = Map.groupBy(readings, ({ view }) => view);
  return [...views].map(([view, of]) => ({ view, sql: of[0]?.sql ?? '', times: of.map(({ time }) => time) }));
}
