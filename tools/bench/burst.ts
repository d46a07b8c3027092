/** Measures many small uploads at once: the time until all are visible, and the number of job runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { GetJobCommand, type JobRun, paginateGetJobRuns } from '@aws-sdk/client-glue';
import { CommandError } from '@centflow/command-line/exit';
import { queryRows } from '@centflow/local-stack/database';
import { type BenchStack, putText, warmUp } from './bench-stack.ts';
import { priceOf } from './glue-price.ts';
import type { Results } from './results.ts';
import type { Sizes } from './sizes.ts';
import { smallCsv } from './small-csv.ts';
import { round } from './statistics.ts';

const ROWS = 10;
const OWNERS = 8;
const PUTS_AT_ONCE = 16;
/** Polls rarely, because each query slows down the uploads. */
const POLL_MS = 250;
const ALL_WITHIN_MS = 15 * 60_000;

export async function measureBurst(
  bench: BenchStack,
  sizes: Sizes,
  say: (text: string) => void,
): Promise<Results['burst']> {
  await warmUp(bench);
  const before = new Set((await untilAllEnded(bench)).map(({ Id }) => Id));
  say(`${sizes.burstUploads} uploads at once`);
  const since = performance.now();
  await putAll(bench, sizes.burstUploads);
  const putSeconds = (performance.now() - since) / 1000;
  await untilAllVisible(bench, sizes.burstUploads, say);
  const seconds = (performance.now() - since) / 1000;

  const runs = (await untilAllEnded(bench)).filter(({ Id }) => !before.has(Id));
  const unsuccessful = runs.find(({ JobRunState }) => JobRunState !== 'SUCCEEDED');
  if (unsuccessful !== undefined) {
    throw new CommandError(
      `Job run ${unsuccessful.Id} ended ${unsuccessful.JobRunState}: ${unsuccessful.ErrorMessage}`,
    );
  }
  const { glue } = bench.stack.clients;
  const { Job } = await glue.send(new GetJobCommand({ JobName: bench.stack.description.jobName }));
  return {
    uploads: sizes.burstUploads,
    rowsEach: ROWS,
    owners: OWNERS,
    seconds: round(seconds),
    putSeconds: round(putSeconds),
    jobRuns: runs.length,
    price: priceOf(
      runs.map(({ ExecutionTime }) => ExecutionTime ?? 0),
      { workers: Job?.NumberOfWorkers ?? 2, glueVersion: Job?.GlueVersion ?? '' },
    ),
  };
}

async function putAll(bench: BenchStack, uploads: number): Promise<void> {
  let next = 0;
  const putOneByOne = async () => {
    for (let index = next++; index < uploads; index = next++) {
      await putText(
        bench,
        `raw/expenses/owner=burst${index % OWNERS}/${index}.csv`,
        smallCsv(ROWS, Math.floor(index / OWNERS)),
      );
    }
  };
  await Promise.all(Array.from({ length: PUTS_AT_ONCE }, putOneByOne));
}

/** Waits until a reader of the view sees all uploads as published. */
async function untilAllVisible(bench: BenchStack, uploads: number, say: (text: string) => void): Promise<void> {
  const deadline = Date.now() + ALL_WITHIN_MS;
  for (;;) {
    const [row] = await queryRows<{ published: number }>(
      bench.reporter,
      "SELECT COUNT(*) AS published FROM v_upload_accounting WHERE owner LIKE 'burst%' AND state = 'published'",
    );
    say(`${row?.published} of ${uploads} uploads are visible`);
    if (row?.published === uploads) return;
    if (Date.now() > deadline) throw new CommandError(`Only ${row?.published} of ${uploads} uploads became visible`);
    await sleep(POLL_MS);
  }
}

async function untilAllEnded({ stack }: BenchStack): Promise<JobRun[]> {
  for (;;) {
    const runs: JobRun[] = [];
    const pages = paginateGetJobRuns({ client: stack.clients.glue }, { JobName: stack.description.jobName });
    for await (const page of pages) runs.push(...(page.JobRuns ?? []));
    // `CompletedOn` and the execution time are set a moment after the state.
    if (runs.every(({ CompletedOn }) => CompletedOn !== undefined)) return runs;
    await sleep(200);
  }
}
