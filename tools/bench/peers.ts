/**
 * Measures other loaders for MySQL. These loaders are slow, so they load fewer rows, and the time for all rows is
 * extrapolated.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type BenchStack, benchFolder, untilQuiet } from './bench-stack.ts';
import { type Interpreter, runProgram } from './python.ts';
import type { Results } from './results.ts';
import { withUsages } from './sample-processes.ts';
import type { Sizes } from './sizes.ts';
import { round } from './statistics.ts';

/** The table is created with `CREATE TABLE … LIKE` the feed's table. */
export const PEER_TABLE = 'bench_expenses';
/** dlt creates its own table. */
const DLT_TABLE = 'bench_dlt';

interface Peer {
  readonly name: string;
  readonly program: string;
  readonly interpreter: Interpreter;
  readonly table: string;
}

const PEERS: readonly Peer[] = [
  { name: 'dlt', program: 'load_dlt', interpreter: 'peers', table: DLT_TABLE },
  { name: 'pandas to_sql, method multi', program: 'load_pandas', interpreter: 'peers', table: PEER_TABLE },
  {
    name: 'Spark JDBC, rewriteBatchedStatements',
    program: 'load_spark_jdbc',
    interpreter: 'product',
    table: PEER_TABLE,
  },
];

const peerFigures = z.object({ rows: z.number(), seconds: z.number(), version: z.string() });

export async function measurePeers(
  bench: BenchStack,
  sizes: Sizes,
  say: (text: string) => void,
): Promise<Results['load']['peers']> {
  const aws = bench.stack.description;
  const file = join(benchFolder, 'finished-peers.csv');
  await runProgram({
    name: 'finish_rows',
    args: { rows: sizes.peerRows, file },
    interpreter: 'product',
    aws,
  });
  const measured: Results['load']['peers'] = [];
  for (const { name, program, interpreter, table } of PEERS) {
    say(`${sizes.peerRows} rows by ${name}`);
    await bench.administrator.query('TRUNCATE TABLE ??', [PEER_TABLE]);
    await untilQuiet(bench);
    const [loaded, usages] = await withUsages(() =>
      runProgram({
        name: program,
        args: { file, table },
        interpreter,
        aws,
        databaseUrl: bench.administratorUrl,
      }),
    );
    const { rows, seconds, version } = peerFigures.parse(loaded);
    measured.push({
      name,
      version,
      measuredRows: rows,
      measuredSeconds: round(seconds),
      rowsPerSecond: Math.round(rows / seconds),
      extrapolatedSeconds: round((seconds / rows) * sizes.loadRows, 1),
      usages,
    });
  }
  rmSync(file);
  return measured;
}
