/** Shows operators the state of Glue, SQS and CloudWatch, and runs the two actions: redrive and sweep. */
import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import {
  ConcurrentRunsExceededException,
  GetJobRunsCommand,
  type GlueClient,
  type JobRun as GlueJobRun,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Handlers } from '../context.ts';
import type { JobRun } from '../contract/operations.ts';
import { RefusedError } from '../refusal.ts';
import { billedDpuSeconds, DPU_PER_WORKER, dpuHourUsdOf, GLUE_PRICES, usdOf } from './glue-price.ts';
import { type Queues, RedriveRunsError, redrive } from './redrive.ts';

export interface OperationsParts {
  readonly glue: GlueClient;
  readonly sqs: SQSClient;
  readonly cloudwatch: CloudWatchClient;
  readonly jobName: string;
  readonly queues: () => Promise<Queues>;
  /** The prefix of the environment's alarm names. */
  readonly alarmPrefix: string;
}

type OperationsHandlers = Pick<Handlers, 'listJobRuns' | 'countDeadLetters' | 'listAlarms' | 'redrive' | 'sweep'>;

const RUNS_WITHOUT_LIMIT = 50;
/** How many of the newest job runs are searched for a running sweep. */
const RUNS_LOOKED_THROUGH = 100;
const UNDER_WAY: ReadonlySet<string | undefined> = new Set(['STARTING', 'RUNNING', 'WAITING', 'STOPPING']);

export function operationsHandlers(parts: OperationsParts): OperationsHandlers {
  const { glue, sqs, cloudwatch, jobName: JobName } = parts;
  return {
    async listJobRuns(context) {
      const { limit = RUNS_WITHOUT_LIMIT } = context.req.valid('query');
      const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName, MaxResults: limit }));
      const runs = JobRuns.map(jobRunOf).sort((a, b) => ((a.startedAt ?? '') < (b.startedAt ?? '') ? 1 : -1));
      const { source, asOf } = GLUE_PRICES;
      return context.json({ runs: runs.slice(0, limit), prices: { source, asOf } }, 200);
    },

    async countDeadLetters(context) {
      const { queueUrl, deadLetterQueueUrl } = await parts.queues();
      const [deadLetters, waiting] = await Promise.all([countOf(sqs, deadLetterQueueUrl), countOf(sqs, queueUrl)]);
      return context.json({ deadLetters, waiting }, 200);
    },

    async listAlarms(context) {
      const { MetricAlarms = [] } = await cloudwatch.send(
        new DescribeAlarmsCommand({ AlarmNamePrefix: parts.alarmPrefix, AlarmTypes: ['MetricAlarm'], MaxRecords: 100 }),
      );
      return context.json({ alarms: MetricAlarms.map(alarmOf) }, 200);
    },

    async redrive(context) {
      try {
        return context.json(await redrive(sqs, await parts.queues()), 200);
      } catch (error) {
        if (error instanceof RedriveRunsError)
          throw new RefusedError(
            'redrive-running',
            'A redrive is already running. Wait until it ends, then try again.',
          );
        throw error;
      }
    },

    async sweep(context) {
      const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName, MaxResults: RUNS_LOOKED_THROUGH }));
      const running = JobRuns.find((run) => modeOf(run) === 'sweep' && UNDER_WAY.has(run.JobRunState));
      if (running?.Id !== undefined) return context.json({ jobRunId: running.Id, alreadyRunning: true }, 200);
      try {
        const { JobRunId = '' } = await glue.send(
          new StartJobRunCommand({ JobName, Arguments: { '--keys-from': 'sweep' } }),
        );
        return context.json({ jobRunId: JobRunId, alreadyRunning: false }, 200);
      } catch (error) {
        if (!(error instanceof ConcurrentRunsExceededException)) throw error;
        throw new RefusedError(
          'job-runs-at-limit',
          'The maximum number of job runs is already running. Wait until a job run ends, then try again.',
        );
      }
    },
  };
}

export function jobRunOf(run: GlueJobRun): JobRun {
  // Glue reports whole seconds. A job run that succeeded within its first second reports 0, but AWS bills it.
  const seconds = run.ExecutionTime || (run.JobRunState === 'SUCCEEDED' ? 1 : 0);
  const dpus = run.MaxCapacity ?? (run.NumberOfWorkers ?? 0) * DPU_PER_WORKER;
  // Glue reports DPU-seconds only for job runs whose number of workers can change.
  const dpuSeconds = run.DPUSeconds ?? billedDpuSeconds(seconds, dpus);
  const dpuHourUsd = dpuHourUsdOf(run);
  return {
    jobRunId: run.Id ?? '',
    state: run.JobRunState ?? 'STARTING',
    mode: modeOf(run),
    startedAt: run.StartedOn?.toISOString() ?? null,
    endedAt: run.CompletedOn?.toISOString() ?? null,
    seconds,
    dpuSeconds,
    glueVersion: run.GlueVersion ?? null,
    dpuHourUsd: dpuHourUsd ?? null,
    usd: dpuHourUsd === undefined ? null : usdOf(dpuSeconds, dpuHourUsd),
    message: run.ErrorMessage || null,
  };
}

function modeOf({ Arguments }: GlueJobRun): JobRun['mode'] {
  const mode = Arguments?.['--keys-from'];
  return mode === 'manifest' || mode === 'sweep' ? mode : 'other';
}

/** Counts the messages in a queue, including messages that are being processed. */
async function countOf(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages ?? 0) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0)
  );
}

function alarmOf(alarm: MetricAlarm) {
  return {
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? ('INSUFFICIENT_DATA' as const),
    description: alarm.AlarmDescription ?? null,
    reason: alarm.StateReason ?? null,
    since: alarm.StateUpdatedTimestamp?.toISOString() ?? null,
  };
}
