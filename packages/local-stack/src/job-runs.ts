/** Starts Glue job runs on request and waits until they end. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConcurrentRunsExceededException,
  GetJobRunCommand,
  type GlueClient,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { CommandError, EXIT } from '@centflow/command-line/exit';
import { NAMES } from './names.ts';

export interface JobRunEnd {
  readonly jobRunId: string;
  readonly state: string;
  readonly message: string;
  readonly seconds: number;
}

/** Reconciles the whole bucket and waits until the job run has ended. */
export async function runSweep(
  glue: GlueClient,
  extraArguments: Readonly<Record<string, string>> = {},
  jobName: string = NAMES.job,
): Promise<JobRunEnd> {
  return runJob(glue, { '--keys-from': 'sweep', ...extraArguments }, { jobName });
}

/** Starts a job run as soon as Glue has a free slot, and waits until the run has ended. */
export async function runJob(
  glue: GlueClient,
  Arguments: Readonly<Record<string, string>>,
  { timeoutMs = 60 * 60_000, jobName = NAMES.job as string } = {},
): Promise<JobRunEnd> {
  const since = performance.now();
  const deadline = Date.now() + timeoutMs;
  const jobRunId = await startWhenFree(glue, { ...Arguments }, deadline, jobName);
  while (Date.now() < deadline) {
    const { JobRun } = await glue.send(new GetJobRunCommand({ JobName: jobName, RunId: jobRunId }));
    const state = JobRun?.JobRunState ?? 'STARTING';
    if (state !== 'STARTING' && state !== 'RUNNING') {
      return { jobRunId, state, message: JobRun?.ErrorMessage ?? '', seconds: (performance.now() - since) / 1000 };
    }
    await sleep(100);
  }
  throw new CommandError(`Job run ${jobRunId} has not ended after ${timeoutMs / 60_000} minutes`, EXIT.timedOut);
}

/** Starts a job run as soon as Glue has a free slot. */
export async function startWhenFree(
  glue: GlueClient,
  Arguments: Record<string, string>,
  deadline: number,
  jobName: string = NAMES.job,
): Promise<string> {
  for (;;) {
    try {
      const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName: jobName, Arguments }));
      if (JobRunId === undefined) throw new CommandError('Glue started a job run but returned no id');
      return JobRunId;
    } catch (error) {
      if (!(error instanceof ConcurrentRunsExceededException) || Date.now() > deadline) throw error;
      await sleep(250);
    }
  }
}
