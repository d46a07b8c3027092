/** Checks of the Glue job beyond a single upload: queuing, the sweep and the crawler. */
import {
  BatchStopJobRunCommand,
  ConcurrentRunsExceededException,
  DeletePartitionCommand,
  EntityNotFoundException,
  GetCrawlerCommand,
  GetJobCommand,
  GetJobRunCommand,
  GetJobRunsCommand,
  GetPartitionCommand,
  GetTriggerCommand,
  type JobRun,
  StartCrawlerCommand,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { ACCEPT_OWNER } from '@centflow/infra';
import { type Check, expectThat, NotYetError } from '../check.ts';
import type { AcceptContext } from '../context.ts';

/** https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html */
const ACTIVE: readonly (string | undefined)[] = ['STARTING', 'RUNNING', 'STOPPING', 'WAITING'];
const RUN_SECONDS = 1800;
const SWEEP = { '--keys-from': 'sweep' } as const;

export const jobQueuing: Check = {
  name: 'job-queuing',
  proves: 'while all job slots are in use, Glue queues a sweep and runs it later, and refuses a start without queuing',
  ifItFails:
    'compare the job in Glue (Job details → job run queuing, retries 0) with infra/src/stacks/load/load-job.ts. Also check the account’s quotas for DPUs and for waiting job runs',
  disruptive: 'starts `load.maxConcurrentRuns` sweeps and one more, so uploads wait for some minutes',
  run: async (context) => {
    const { account, names, pace, environment } = context;
    const { Job } = await account.glue.send(new GetJobCommand({ JobName: names.job }));
    expectThat(Job?.JobRunQueuingEnabled === true, 'job run queuing is disabled for the job');
    expectThat(
      (Job.MaxRetries ?? 0) === 0,
      `the job has ${Job.MaxRetries} retries, but Glue queues job runs only without retries`,
    );
    await idle(context);
    const limit = environment.load.maxConcurrentRuns;
    const started: string[] = [];
    const start = async (queuing: boolean) => {
      const { JobRunId = '' } = await account.glue.send(
        new StartJobRunCommand({ JobName: names.job, Arguments: SWEEP, JobRunQueuingEnabled: queuing }),
      );
      started.push(JobRunId);
      return JobRunId;
    };
    try {
      for (let each = 0; each < limit; each += 1) await start(true);
      const refusal: unknown = await start(false).then(
        () => undefined,
        (error: unknown) => error,
      );
      expectThat(
        refusal instanceof ConcurrentRunsExceededException,
        refusal === undefined
          ? `Glue started ${limit + 1} job runs at once, but ${limit} are allowed`
          : `without queuing, Glue refused with the unexpected error ${refusal}`,
      );
      const queued = await start(true);
      await pace.until('the queued sweep is WAITING', 180, async () =>
        (await runOf(context, queued))?.JobRunState === 'WAITING' ? true : undefined,
      );
      for (const id of started) await succeeds(context, id);
      return `${limit} job runs at once and one in the queue`;
    } finally {
      await stop(context, started);
    }
  },
};

export const sweepByClock: Check = {
  name: 'sweep-by-clock',
  proves: 'the schedule starts the sweep, and its last run succeeded',
  ifItFails:
    'check the trigger in Glue. If it is not activated, run `aws glue start-trigger --name <environment’s prefix>-sweep`. If a sweep failed, read the message of its job run',
  disruptive: null,
  run: async (context) => {
    const { account, names, environment, firstDeployedAt } = context;
    const Name = `${names.prefix}-sweep`;
    if (environment.load.paused) throw new NotYetError('the environment is paused (`load.paused`)');
    const { Trigger } = await account.glue.send(new GetTriggerCommand({ Name }));
    expectThat(Trigger?.State === 'ACTIVATED', `the trigger ${Name} is ${Trigger?.State}`);
    const [newest] = (await runsOf(context)).filter(
      ({ TriggerName, JobRunState }) => TriggerName === Name && !ACTIVE.includes(JobRunState),
    );
    if (newest !== undefined) {
      expectThat(newest.JobRunState === 'SUCCEEDED', `${newest.Id} ${newest.JobRunState}: ${newest.ErrorMessage}`);
      return `${newest.Id} at ${newest.StartedOn?.toISOString()}`;
    }
    const { hoursWithoutSweep } = environment.watch;
    const due = new Date((firstDeployedAt ?? context.since).getTime() + hoursWithoutSweep * 3_600_000);
    expectThat(
      due > new Date(),
      `no scheduled sweep has run since the first deployment, which is more than ${hoursWithoutSweep} hours ago`,
    );
    throw new NotYetError(
      `the trigger is activated, but the first sweep is not due yet (schedule in UTC: ${environment.load.sweepSchedule}). Run accept again after ${due.toISOString()}`,
    );
  },
};

export const sweepRuns: Check = {
  name: 'sweep-runs',
  proves: 'a sweep that compares the whole bucket with the database succeeds',
  ifItFails: 'read the message of the job run in Glue and the job’s log group `/centflow/<environment>/job/…/error`',
  disruptive: 'runs one sweep over the whole bucket',
  run: async (context) => {
    const id = await startSweep(context);
    const { ExecutionTime = 0 } = await succeeds(context, id);
    return `job run ${id} took ${ExecutionTime} s`;
  },
};

export const crawler: Check = {
  name: 'crawler',
  proves: 'the crawler reads the bucket and adds the partition of a new owner',
  ifItFails:
    'read the crawler’s log group `/aws-glue/crawlers-role/<crawler>-…` and the error in Glue → Crawlers. An AccessDenied error names the permission that the crawler’s role lacks',
  disruptive: 'runs the crawler once. AWS bills at least ten minutes of crawler time',
  run: async (context) => {
    const { account, deployed, uploads, pace, names } = context;
    const Name = String(deployed.one('aws_glue_crawler').name);
    const partition = { DatabaseName: names.catalogDatabase, TableName: 'expenses' };
    const look = async () => (await account.glue.send(new GetCrawlerCommand({ Name }))).Crawler;
    const ready = () =>
      pace.until('the crawler is ready', RUN_SECONDS, async () => {
        const seen = await look();
        return seen?.State === 'READY' ? seen : undefined;
      });
    await ready();
    const upload = await uploads.put('crawler');
    try {
      const since = (await look())?.LastCrawl?.StartTime?.getTime() ?? 0;
      await account.glue.send(new StartCrawlerCommand({ Name }));
      const crawl = await pace.until('the crawl ended', RUN_SECONDS, async () => {
        const seen = await look();
        const isNew = (seen?.LastCrawl?.StartTime?.getTime() ?? 0) > since;
        return seen?.State === 'READY' && isNew ? seen.LastCrawl : undefined;
      });
      expectThat(crawl.Status === 'SUCCEEDED', `the crawl ended with ${crawl.Status}: ${crawl.ErrorMessage}`);
      const found = await account.glue
        .send(new GetPartitionCommand({ ...partition, PartitionValues: [ACCEPT_OWNER] }))
        .catch((error: unknown) => {
          if (error instanceof EntityNotFoundException) return undefined;
          throw error;
        });
      expectThat(found !== undefined, `the crawl did not add the partition owner=${ACCEPT_OWNER} of expenses`);
      await account.glue.send(new DeletePartitionCommand({ ...partition, PartitionValues: [ACCEPT_OWNER] }));
      return `log stream ${crawl.LogStream} of ${crawl.LogGroup}`;
    } finally {
      await uploads.delete(upload);
    }
  },
};

/**
 * Starts a sweep as soon as Glue accepts it. Glue may refuse it for a while, if other uploads use all slots and the
 * queue.
 *
 * @param more additional arguments
 * @returns the id of the job run
 */
export async function startSweep(
  { account, names, pace }: AcceptContext,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const command = new StartJobRunCommand({
    JobName: names.job,
    Arguments: { ...SWEEP, ...more },
    JobRunQueuingEnabled: true,
  });
  const { JobRunId = '' } = await pace.until('Glue accepts a sweep', RUN_SECONDS, () =>
    account.glue.send(command).catch((error: unknown) => {
      if (error instanceof ConcurrentRunsExceededException) return undefined;
      throw error;
    }),
  );
  return JobRunId;
}

export async function runOf({ account, names }: AcceptContext, RunId: string): Promise<JobRun | undefined> {
  return (await account.glue.send(new GetJobRunCommand({ JobName: names.job, RunId }))).JobRun;
}

/** Waits until a job run has ended, successfully or not. */
export async function ended(context: AcceptContext, id: string, withinSeconds = RUN_SECONDS): Promise<JobRun> {
  return await context.pace.until(`job run ${id} has ended`, withinSeconds, async () => {
    const run = await runOf(context, id);
    return run === undefined || ACTIVE.includes(run.JobRunState) ? undefined : run;
  });
}

/** @throws {SeenError} the job run did not succeed. */
export async function succeeds(context: AcceptContext, id: string, withinSeconds = RUN_SECONDS): Promise<JobRun> {
  const run = await ended(context, id, withinSeconds);
  expectThat(
    run.JobRunState === 'SUCCEEDED',
    `job run ${id} ended with the state ${run.JobRunState}: ${run.ErrorMessage ?? ''}`,
  );
  return run;
}

/** Returns up to about 2,000 job runs, newest first. */
async function runsOf({ account, names }: AcceptContext): Promise<JobRun[]> {
  const runs: JobRun[] = [];
  for (let NextToken: string | undefined; ; ) {
    const page = await account.glue.send(new GetJobRunsCommand({ JobName: names.job, MaxResults: 200, NextToken }));
    runs.push(...(page.JobRuns ?? []));
    NextToken = page.NextToken;
    if (NextToken === undefined || runs.length >= 2000) break;
  }
  return runs.sort((one, other) => (other.StartedOn?.getTime() ?? 0) - (one.StartedOn?.getTime() ?? 0));
}

/** Waits until no job run is active. */
export async function idle(context: AcceptContext): Promise<void> {
  await context.pace.until('no job run is active', RUN_SECONDS, async () =>
    (await activeRuns(context)).length === 0 ? true : undefined,
  );
}

async function activeRuns(context: AcceptContext): Promise<JobRun[]> {
  return (await runsOf(context)).filter(({ JobRunState }) => ACTIVE.includes(JobRunState));
}

/** Stops the given job runs that are still active. */
export async function stop(context: AcceptContext, ids: readonly string[]): Promise<void> {
  const states = await Promise.all(ids.map(async (id) => ({ id, state: (await runOf(context, id))?.JobRunState })));
  const JobRunIds = states.filter(({ state }) => ACTIVE.includes(state)).map(({ id }) => id);
  if (JobRunIds.length === 0) return;
  await context.account.glue.send(new BatchStopJobRunCommand({ JobName: context.names.job, JobRunIds }));
}
