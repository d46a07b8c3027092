/**
 * Keeps the database consistent with the bucket by sweeps, because outages may lose events and leave uploads
 * unfinished.
 *
 * A sweep runs at regular intervals, and soon after a part was unavailable or a job run failed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GetJobRunsCommand } from '@aws-sdk/client-glue';
import { type JobRunEnd, runSweep } from './job-runs.ts';
import { NAMES } from './names.ts';
import type { LocalStack } from './stack.ts';

export interface SweeperOptions {
  readonly everyMs: number;
  /** Receives the reason for a failed sweep. */
  readonly report: (message: string) => void;
}

export interface Sweeper {
  /** Sweeps as soon as possible, and retries if the sweep fails. */
  soon(): void;
  /** Resolves when no sweep is running or requested. */
  idle(): Promise<void>;
  stop(): void;
}

/** The number of attempts of one sweep. After that, the next regular sweep tries again. */
const ATTEMPTS = 8;
const BACKOFF_MS = 2_000;
const BACKOFF_AT_MOST_MS = 30_000;
const FAILED_RUNS_POLL_MS = 10_000;

/** Starts sweeping in the background. */
export function startSweeper(stack: Pick<LocalStack, 'clients' | 'supervisor'>, options: SweeperOptions): Sweeper {
  const { glue } = stack.clients;
  const stopping = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined);
  /** The ids of the runs whose failure needs no further action. A failed sweep reports its own failure. */
  const known = new Set<string>();
  let isRequested = false;
  let running: Promise<void> = Promise.resolve();

  const sweepOnce = async (): Promise<boolean> => {
    try {
      const end = await stack.supervisor.runWithParts(() => runAndRemember(known, () => runSweep(glue)));
      if (end.state === 'SUCCEEDED') return true;
      options.report(`The sweep ended with state ${end.state}: ${end.message}`);
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
    if (isRequested) return;
    isRequested = true;
    running = running.then(async () => {
      // A request during this sweep causes another sweep after it.
      isRequested = false;
      await sweep();
    });
  };

  const watchForFailedRuns = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(FAILED_RUNS_POLL_MS);
      const answer = await glue.send(new GetJobRunsCommand({ JobName: NAMES.job })).catch(() => undefined);
      const failed = (answer?.JobRuns ?? []).filter(
        ({ Id = '', JobRunState = '' }) => ['FAILED', 'TIMEOUT'].includes(JobRunState) && !known.has(Id),
      );
      for (const { Id = '' } of failed) known.add(Id);
      if (failed.length > 0) soon();
    }
  };

  stack.supervisor.onRecovery(soon);
  void watchForFailedRuns();
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

/** Runs a sweep and adds its id to the known runs. */
async function runAndRemember(known: Set<string>, run: () => Promise<JobRunEnd>): Promise<JobRunEnd> {
  const end = await run();
  known.add(end.jobRunId);
  return end;
}
