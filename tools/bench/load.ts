/**
 * Measures how fast the job, the MySQL client alone and other loaders load a large file. The job and the client
 * alternate.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { queryRows } from '@centflow/local-stack/database';
import { z } from 'zod';
import {
  type BenchStack,
  benchFolder,
  copyObject,
  putExpenses,
  untilPublished,
  untilQuiet,
  warmUp,
} from './bench-stack.ts';
import { measurePeers, PEER_TABLE } from './peers.ts';
import { runProgram } from './python.ts';
import type { LoadRun, Results, Usages } from './results.ts';
import { withUsages } from './sample-processes.ts';
import type { Sizes } from './sizes.ts';
import { median, round } from './statistics.ts';

const loadFigures = z.object({ rows: z.number(), seconds: z.number(), warnings: z.number() });

/** The object key is outside `raw/`, so that the object triggers no load. */
const SOURCE_KEY = 'bench/expenses.csv';

interface OurRun {
  readonly run: LoadRun;
  readonly stages: Stages;
}

interface Stages {
  readonly untilJob: number;
  readonly loading: number;
  readonly publishing: number;
}

export async function measureLoad(
  bench: BenchStack,
  sizes: Sizes,
  say: (text: string) => void,
): Promise<Results['load']> {
  const { administrator } = bench;
  const rows = sizes.loadRows;
  const file = join(benchFolder, 'finished.csv');
  await warmUp(bench);
  await administrator.query('CREATE TABLE ?? LIKE expenses', [PEER_TABLE]);
  say(`writing ${rows} rows`);
  const { bytes } = await putExpenses(bench, SOURCE_KEY, rows);
  await runProgram({
    name: 'finish_rows',
    args: { rows, file },
    interpreter: 'product',
    aws: bench.stack.description,
  });

  const ours: OurRun[] = [];
  const client: LoadRun[] = [];
  for (let pair = 0; pair < sizes.loadPairs; pair += 1) {
    say(`${rows} rows by the job, ${pair + 1} of ${sizes.loadPairs}`);
    await untilQuiet(bench);
    ours.push(await runOurs(bench, `load${pair}`, rows));
    say(`${rows} rows by the MySQL client, ${pair + 1} of ${sizes.loadPairs}`);
    await administrator.query('TRUNCATE TABLE ??', [PEER_TABLE]);
    await untilQuiet(bench);
    client.push(await runClient(bench, file, rows));
  }
  const peers = await measurePeers(bench, sizes, say);
  rmSync(file);

  const ourSeconds = median(ours.map(({ run }) => run.seconds));
  const clientSeconds = median(client.map(({ seconds }) => seconds));
  const ratios = ours.map(({ run }, pair) => (client[pair]?.seconds ?? 0) / run.seconds);
  const stage = (name: keyof Stages) => round(median(ours.map(({ stages }) => stages[name])));
  return {
    rows,
    bytes,
    ratioToLoadData: round(clientSeconds / ourSeconds),
    ratioSpread: [round(Math.min(...ratios)), round(Math.max(...ratios))],
    ours: {
      medianSeconds: round(ourSeconds),
      rowsPerSecond: Math.round(rows / ourSeconds),
      stages: { untilJob: stage('untilJob'), loading: stage('loading'), publishing: stage('publishing') },
      runs: ours.map(({ run }) => run),
    },
    client: {
      name: "Oracle's C client library (in mysql-connector-python), the one inside the mysql command",
      medianSeconds: round(clientSeconds),
      rowsPerSecond: Math.round(rows / clientSeconds),
      runs: client,
    },
    peers,
  };
}

/** Measures a load by the job, from the S3 event to the publication. */
async function runOurs(bench: BenchStack, owner: string, rows: number): Promise<OurRun> {
  const [[upload], usages] = await withUsages(async () =>
    untilPublished(bench, [await copyObject(bench, SOURCE_KEY, `raw/expenses/owner=${owner}/all.csv`)], 100),
  );
  if (upload?.rows_published !== rows) {
    throw new Error(
      `Only ${upload?.rows_published} of ${rows} rows were published. The generated rows do not match the contract`,
    );
  }
  const [times] = await queryRows<Record<keyof Stages | 'seconds', string>>(
    bench.administrator,
    `SELECT TIMESTAMPDIFF(MICROSECOND, received_at, published_at) / 1e6 AS seconds,
            TIMESTAMPDIFF(MICROSECOND, received_at, loading_at) / 1e6 AS untilJob,
            TIMESTAMPDIFF(MICROSECOND, loading_at, loaded_at) / 1e6 AS loading,
            TIMESTAMPDIFF(MICROSECOND, loaded_at, published_at) / 1e6 AS publishing
     FROM uploads WHERE upload_id = ?`,
    [upload.upload_id],
  );
  if (times === undefined) throw new Error(`Upload ${upload.upload_id} no longer exists`);
  return {
    run: loadRun(rows, Number(times.seconds), usages),
    stages: {
      untilJob: Number(times.untilJob),
      loading: Number(times.loading),
      publishing: Number(times.publishing),
    },
  };
}

async function runClient(bench: BenchStack, file: string, rows: number): Promise<LoadRun> {
  const [loaded, usages] = await withUsages(() =>
    runProgram({
      name: 'load_data',
      args: { file, table: PEER_TABLE },
      interpreter: 'peers',
      aws: bench.stack.description,
      databaseUrl: bench.administratorUrl,
    }),
  );
  const { rows: stored, seconds, warnings } = loadFigures.parse(loaded);
  if (stored !== rows || warnings > 0) {
    throw new Error(`The MySQL client stored ${stored} of ${rows} rows with ${warnings} warnings`);
  }
  return loadRun(rows, seconds, usages);
}

function loadRun(rows: number, seconds: number, usages: Usages): LoadRun {
  return {
    seconds: round(seconds),
    rowsPerSecond: Math.round(rows / seconds),
    usages,
    mysqldCpuShare: round((usages.mysqld?.cpuSeconds ?? 0) / seconds, 2),
  };
}
