/** Measures small uploads, one after the other, from the put until a reader that polls the view sees the rows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@centflow/command-line/exit';
import { queryRows } from '@centflow/local-stack/database';
import { type BenchStack, putText, warmUp } from './bench-stack.ts';
import { readStages, type SeenUpload } from './latency-stages.ts';
import { type Results, stageNames } from './results.ts';
import type { Sizes } from './sizes.ts';
import { smallCsv } from './small-csv.ts';
import { percentile, round } from './statistics.ts';

const ROWS = 100;
const POLL_MS = 5;
/** The pause between two uploads, so that the stack is idle before each. */
const REST_MS = 400;
const SEEN_WITHIN_MS = 60_000;

export async function measureLatency(
  bench: BenchStack,
  sizes: Sizes,
  say: (text: string) => void,
): Promise<Results['latency']> {
  await warmUp(bench);
  const uploads: SeenUpload[] = [];
  for (let index = 0; index < sizes.latencyUploads; index += 1) {
    say(`upload ${index + 1} of ${sizes.latencyUploads}`);
    await sleep(REST_MS);
    uploads.push(await uploadAndSee(bench, `latency${index}`, index));
  }
  // Waits for the log line about the end of the last run, which is written after its rows are visible.
  await sleep(1000);
  const stages = await readStages(bench, uploads);
  const totals = uploads.map(({ putAt, seenAt }) => (seenAt - putAt) / 1000);
  return {
    uploads: uploads.length,
    rowsEach: ROWS,
    warmMedianSeconds: round(percentile(totals, 0.5)),
    p95Seconds: round(percentile(totals, 0.95)),
    leastSeconds: round(Math.min(...totals)),
    mostSeconds: round(Math.max(...totals)),
    stages: Object.fromEntries(
      stageNames.map((name) => {
        const seconds = stages.map((stage) => stage[name] / 1000);
        return [name, { medianSeconds: round(percentile(seconds, 0.5)), p95Seconds: round(percentile(seconds, 0.95)) }];
      }),
    ) as Results['latency']['stages'],
  };
}

async function uploadAndSee(bench: BenchStack, owner: string, seed: number): Promise<SeenUpload> {
  const objectKey = `raw/expenses/owner=${owner}/statement.csv`;
  const putAt = now();
  await putText(bench, objectKey, smallCsv(ROWS, seed));
  for (;;) {
    const [row] = await queryRows<{ rows_seen: number }>(
      bench.reporter,
      'SELECT COUNT(*) AS rows_seen FROM v_transactions WHERE owner = ?',
      [owner],
    );
    const seenAt = now();
    if (row?.rows_seen === ROWS) return { objectKey, putAt, seenAt };
    if (seenAt - putAt > SEEN_WITHIN_MS) {
      throw new CommandError(`${objectKey} was not visible after ${SEEN_WITHIN_MS / 1000} s`);
    }
    await sleep(POLL_MS);
  }
}

/**
 * Returns the wall-clock time in milliseconds, with a finer resolution than Date.now(). The times of other processes
 * are comparable.
 */
function now(): number {
  return performance.timeOrigin + performance.now();
}
