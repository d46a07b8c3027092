/**
 * Keeps the database in agreement with the bucket: sweeps from time to time, and soon after a part was away or a job run
 * failed. Events of that time may be lost, and uploads may be left half done.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GetJobRunsCommand } from '@aws-sdk/client-glue';
import { type JobRunEnd, runSweep } from './job-runs.ts';
import { NAMES } from './names.ts';
import type { LocalStack } from './stack.ts';

export interface SweeperOptions {
  readonly everyMs: number;
  /** Receives why a sweep did not succeed. */
  readonly report: (message: string) => void;
}

export interface Sweeper {
  /** Sweeps as soon as possible, and tries again where that fails. */
  soon(): void;
  /** Settles once no sweep is wanted. */
  idle(): Promise<void>;
  stop(): void;
}

/** Sweeps that fail in a row, until the next regular one. */
const ATTEMPTS = 8;
const BACKOFF_MS = 2_000;
const BACKOFF_AT_MOST_MS = 30_000;
const LOOK_FOR_FAILED_RUNS_MS = 10_000;

/** Starts to sweep in the background. */
export function startSweeper(stack: Pick<LocalStack, 'clients' | 'supervisor'>, options: SweeperOptions): Sweeper {
  const { glue } = stack.clients;
  const stopping = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined);
  /** Runs whose failure is known: sweeps report their own. */
  const known = new Set<string>();
  let wanted = false;
  let running: Promise<void> = Promise.resolve();

  const sweepOnce = async (): Promise<boolean> => {
    try {
      const end = await stack.supervisor.runWithParts(() => sweepNoted(known, () => runSweep(glue)));
      if (end.state === 'SUCCEEDED') return true;
      options.report(`The sweep ended ${end.state}: ${end.message}`);
    } catch (error) {
      if (!stopping.signal.aborted) options.report(`The sweep could not run: ${(error as Error).message}`);
    }
    return false;
  };
  const sweep = async (): Promise<void> => {
    for (let attempt = 0; attempt < ATTEMPTS && !stopping.signal.aborted; attempt += 1) {
      if (await sweepOnce()) return;
      await pause(Math.min(BACKOFF_AT_MOST_MS, BACKOFF_MS * 2 ** attempt));
    }
  };
  const soon = (): void => {
    if (wanted) return;
    wanted = true;
    running = running.then(async () => {
      // What becomes wanted while this sweep runs is wanted after it.
      wanted = false;
      await sweep();
    });
  };

  const lookForFailedRuns = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(LOOK_FOR_FAILED_RUNS_MS);
      const answer = await glue.send(new GetJobRunsCommand({ JobName: NAMES.job })).catch(() => undefined);
      const failed = (answer?.JobRuns ?? []).filter(
        ({ Id = '', JobRunState = '' }) => ['FAILED', 'TIMEOUT'].includes(JobRunState) && !known.has(Id),
      );
      for (const { Id = '' } of failed) known.add(Id);
      if (failed.length > 0) soon();
    }
  };

  stack.supervisor.onRecovery(soon);
  void lookForFailedRuns();
  const regular = setInterval(soon, options.everyMs);
  return {
    soon,
    idle: async () => {
      for (let last: Promise<void> | undefined; last !== running; ) {
        last = running;
        await last;
      }
    },
    stop: () => {
      stopping.abort();
      clearInterval(regular);
    },
  };
}

async function sweepNoted(known: Set<string>, run: () => Promise<JobRunEnd>): Promise<JobRunEnd> {
  const end = await run();
  known.add(end.jobRunId);
  return end;
}
