/**
 * Measures how the memory of a load and the time of the views grow with the number of rows. The sizes are a large file,
 * a tenth and a hundredth of its rows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { queryRows } from '@centflow/local-stack/database';
import type { Version } from '@centflow/local-stack/follow';
import {
  type BenchStack,
  putExpenses,
  putText,
  untilPublished,
  untilQuiet,
  warmUp,
  withBenchStack,
} from './bench-stack.ts';
import type { Results, VisualTime } from './results.ts';
import { readHeapMb, withUsages } from './sample-processes.ts';
import type { Sizes } from './sizes.ts';
import { round } from './statistics.ts';
import { LIMIT_SECONDS, measureViews, type ViewReading } from './views.ts';
import { measureVisuals } from './visuals.ts';

/** The household of samples/ that is loaded into the same database as the large file. */
const HOUSEHOLD = 'ada';
/**
 * An owner with a tenth of the largest file's rows, over ten years in ten files. Loaded into the same database as the
 * largest file.
 */
const OWNER = 'ten-years';
const OWNER_FILES = 10;

type GrowthStep = Results['large']['growth'][number];

interface Measured {
  readonly step: GrowthStep;
  readonly heapMb: number;
  readonly readings: readonly ViewReading[];
  readonly visuals: VisualTime[];
  readonly householdRows: number;
  readonly ownerRows: number;
}

/**
 * Measures the load and the views at each size.
 *
 * @param withViews whether the views are read at each size
 * @param onStack called with each stack before it is measured
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
    // Each size has a separate database, so that the views read only its rows and the household's.
    const step = await withBenchStack(signal, say, async (bench) => {
      await onStack(bench);
      return measureSize(bench, sizes, rows, withViews, say);
    });
    measured.push(step);
  }
  const last = measured.at(-1);
  if (last === undefined) throw new RangeError('The list of sizes to measure is empty');
  const { usages: _, ...figures } = last.step;
  return {
    large: { ...figures, heapMb: last.heapMb, growth: measured.map(({ step }) => step) },
    views: {
      limitSeconds: LIMIT_SECONDS,
      householdRows: last.householdRows,
      ownerRows: last.ownerRows,
      views: byView(measured.flatMap(({ readings }) => readings)),
      visuals: last.visuals,
    },
  };
}

async function measureSize(
  bench: BenchStack,
  sizes: Sizes,
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
  // Excludes the resources of the program that generated the file.
  delete usages.client;
  const isLargest = rows === Math.max(...sizes.growth);
  const ownerRows = withViews && isLargest ? await loadOwner(bench, Math.ceil(rows / 10), say) : 0;
  const readings = withViews ? await readViews(bench, rows, ownerRows > 0, say) : [];
  const visuals = ownerRows > 0 ? await measureVisuals(bench.reporter, OWNER, say) : [];
  return {
    step: { rows, bytes: loaded.bytes, seconds: round(seconds), rowsPerSecond: Math.round(rows / seconds), usages },
    heapMb: readHeapMb(),
    readings,
    visuals,
    householdRows,
    ownerRows,
  };
}

async function readViews(
  bench: BenchStack,
  rows: number,
  withOwner: boolean,
  say: (text: string) => void,
): Promise<ViewReading[]> {
  await untilQuiet(bench);
  const owners = { household: HOUSEHOLD, ...(withOwner ? { owner: OWNER } : {}) };
  return measureViews(bench.reporter, rows, owners, say);
}

/** Loads the owner's files, and returns the number of published rows. */
async function loadOwner(bench: BenchStack, rows: number, say: (text: string) => void): Promise<number> {
  say(`loading ${rows} rows of one owner`);
  const versions: Version[] = [];
  for (let file = 0; file < OWNER_FILES; file += 1) {
    const key = `raw/expenses/owner=${OWNER}/${file}.csv`;
    const rowsPerFile = Math.ceil(rows / OWNER_FILES);
    const shape = { merchants: 300, days: 365, 'days-before': file * 365, 'first-number': file * rowsPerFile };
    const { version } = await putExpenses(bench, key, rowsPerFile, shape);
    versions.push(version);
  }
  await untilPublished(bench, versions, 100);
  return publishedRows(bench, OWNER);
}

/** Loads the household's files, and returns the number of published rows. */
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
  return publishedRows(bench, HOUSEHOLD);
}

async function publishedRows(bench: BenchStack, owner: string): Promise<number> {
  const [row] = await queryRows<{ rows_published: string }>(
    bench.reporter,
    'SELECT SUM(rows_published) AS rows_published FROM v_upload_accounting WHERE owner = ?',
    [owner],
  );
  return Number(row?.rows_published);
}

function byView(readings: readonly ViewReading[]): Results['views']['views'] {
  const views = Map.groupBy(readings, ({ view }) => view);
  return [...views].map(([view, group]) => ({ view, sql: group[0]?.sql ?? '', times: group.map(({ time }) => time) }));
}
