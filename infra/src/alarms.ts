/**
 * Every alarm of an environment, as data. To add one, add an entry here: the watch stack makes it, the dashboard draws its
 * threshold, and docs/runbook.md lists it after `npm run infra -- render`.
 */
import { connectionsAtMost, isBurstable } from './database-class.ts';
import type { Environment } from './environment.ts';
import { type FunctionName, functionsOf, type Metric, metricsOf } from './metrics.ts';
import type { StageName } from './stacks/centflow-stack.ts';

/** Some metrics in one figure. */
export interface Calculation {
  /** CloudWatch metric math over the names of `over`. */
  readonly expression: string;
  readonly over: Readonly<Record<string, Metric>>;
}

export interface Alarm {
  /** The stack that makes what is watched. */
  readonly stage: StageName;
  /** What is measured, in lower case with dashes: with environment and stage, the alarm's name. */
  readonly measure: string;
  readonly of: Metric | Calculation;
  /** On which side of the threshold it is bad; on the threshold all is well. */
  readonly bad: 'above' | 'below';
  /** In CloudWatch's unit of the metric: seconds, bytes, per cent, or a number. */
  readonly threshold: number;
  /** Seconds that each value covers: 60, or a multiple. */
  readonly periodSeconds: number;
  /** So many bad values one after the other raise the alarm. */
  readonly periods: number;
  /** What a period without a value counts as. */
  readonly noData: NoData;
  /** What has happened, for whoever gets the mail. */
  readonly why: string;
  /** What to do about it. */
  readonly whatToDo: string;
}

/** `ignore`: as it was; `missing`: unknown, once all values are missing. */
export interface NoData {
  readonly as: 'notBreaching' | 'breaching' | 'ignore' | 'missing';
  readonly because: string;
}

const MINUTES = 60;
const HOUR = 3600;

const nothingHappened: NoData = { as: 'notBreaching', because: 'It is counted only when something happens.' };
const queueAtRest: NoData = {
  as: 'notBreaching',
  because: 'SQS tells nothing of a queue that has been at rest for hours.',
};
const unknown: NoData = {
  as: 'missing',
  because: 'RDS tells it every minute: without it nothing is known, and the CPU alarm says that the database is away.',
};

/** `<environment>-<stage>-<measure>`. */
export function alarmName(environment: Pick<Environment, 'name'>, { stage, measure }: Alarm): string {
  return `${environment.name}-${stage}-${measure}`;
}

export function isCalculation(of: Metric | Calculation): of is Calculation {
  return 'expression' in of;
}

export function alarmsOf(environment: Environment): readonly Alarm[] {
  return [
    ...uploadAlarms(environment),
    ...triggerAlarms(environment),
    ...functionAlarms(environment),
    ...jobAlarms(environment),
    ...consoleAlarms(environment),
    ...databaseAlarms(environment),
  ];
}

/** What users notice, or should be told of. */
function uploadAlarms(environment: Environment): Alarm[] {
  const { job } = metricsOf(environment);
  const { secondsToVisible, quarantineShare } = environment.watch;
  return [
    {
      stage: 'load',
      measure: 'seconds-to-visible',
      of: job.secondsToVisible,
      bad: 'above',
      threshold: secondsToVisible,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      noData: nothingHappened,
      why: `Uploads became visible more than ${secondsToVisible} s after they had arrived (95th percentile).`,
      whatToDo:
        'Look left to right on the dashboard for what waited: queue, trigger, job or database. After a rebuild from raw/, or a feed changed so that rejected uploads are taken up, it is expected.',
    },
    {
      stage: 'load',
      measure: 'uploads-rejected',
      of: job.rejected,
      bad: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      noData: nothingHappened,
      why: 'An upload was rejected; what its key had published before stays visible.',
      whatToDo:
        'Read why in v_upload_accounting, and tell its owner. The log of the job has code, row and column (`rejected …`).',
    },
    {
      stage: 'load',
      measure: 'uploads-failed',
      of: job.failed,
      bad: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      noData: nothingHappened,
      why: 'An upload could not be loaded, for a reason that is not its own. The next sweep tries it again.',
      whatToDo:
        'Read why in v_upload_accounting; the log of the job names the error (`failed …`). If the sweep fails on it too, the reason is ours.',
    },
    {
      stage: 'load',
      measure: 'quarantine-share',
      of: {
        expression: 'IF(rows > 0, quarantined / rows, 0)',
        over: { rows: job.rowsRead, quarantined: job.rowsQuarantined },
      },
      bad: 'above',
      threshold: quarantineShare,
      periodSeconds: HOUR,
      periods: 1,
      noData: nothingHappened,
      why: `Of the rows of an hour, more than ${quarantineShare * 100} % broke their contract. They are kept, and not shown.`,
      whatToDo:
        'v_upload_accounting shows whose: many uploads of a kind mean that a bank changed its export, a single one that it is no statement.',
    },
    {
      stage: 'load',
      measure: 'uploads-found-by-sweep',
      of: job.foundBySweep,
      bad: 'above',
      threshold: 0,
      periodSeconds: HOUR,
      periods: 1,
      noData: nothingHappened,
      why: 'The sweep found uploads that no event had told of. They are loaded now; events were lost or held up.',
      whatToDo:
        'Look at the queue and the dead letters of that time, and whether the bucket still notifies the queue. After a rebuild from raw/ it is expected.',
    },
  ];
}

/** From the queue to the start of a job run. */
function triggerAlarms(environment: Environment): Alarm[] {
  const { queue, trigger } = metricsOf(environment);
  return [
    {
      stage: 'load',
      measure: 'oldest-message',
      of: queue.oldest,
      bad: 'above',
      threshold: environment.watch.secondsToVisible,
      periodSeconds: MINUTES,
      periods: 3,
      noData: queueAtRest,
      why: 'An event has waited in the queue for longer than an upload may take until it is visible.',
      whatToDo:
        'Read the log of the trigger. This alarm does not see a full Glue: SQS leaves out what was received three times; `batches-given-back` sees it.',
    },
    {
      stage: 'load',
      measure: 'dead-letters',
      of: queue.dead,
      bad: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      noData: queueAtRest,
      why: 'Messages ended in the dead-letter queue: the trigger could not take them, however often they came.',
      whatToDo:
        'Read why in the log of the trigger, put it right, then redrive the queue. The sweep has loaded the uploads meanwhile.',
    },
    {
      stage: 'load',
      measure: 'unreadable-messages',
      of: trigger.unreadableMessages,
      bad: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      noData: nothingHappened,
      why: 'A message in the queue is no event of the uploads bucket. It ends in the dead-letter queue.',
      whatToDo:
        'Read it in the log of the trigger: something else than the bucket sends to the queue, or AWS changed the form of events.',
    },
    {
      stage: 'load',
      measure: 'batches-given-back',
      of: trigger.batchesGivenBack,
      bad: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      // SQS's age of the oldest message does not count these messages once they were received three times:
      // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
      periods: 2,
      noData: nothingHappened,
      why: 'Glue has had no room for a job run for ten minutes: uploads wait in the queue.',
      whatToDo:
        'Look at the running job runs: end one that hangs, wait, or raise load.maxConcurrentRuns (and the quota of DPUs).',
    },
  ];
}

/** The stack of each function, and what to do when it failed. */
const functions: Readonly<Record<FunctionName, { stage: StageName; afterError: string }>> = {
  trigger: { stage: 'load', afterError: 'Read its log. Its messages come again by themselves.' },
  migrator: {
    stage: 'load',
    afterError:
      'Read its log and put right what MySQL complains of, then apply `load` again: it goes on where it stopped.',
  },
  console: {
    stage: 'console',
    afterError: 'Read its log. Whose requests failed was told so, and may try again.',
  },
  operations: {
    stage: 'console',
    afterError: 'Read its log. The flow itself does not need it: the AWS console shows job runs, queues and alarms.',
  },
  canary: {
    stage: 'watch',
    afterError: 'Read its log. The deployment that asked it is not promoted; run its canary again once it answers.',
  },
};

/** The same for each function there is. */
function functionAlarms(environment: Environment): Alarm[] {
  return functionsOf(environment).flatMap((name): Alarm[] => {
    const { stage, afterError } = functions[name];
    const { errors, throttles } = metricsOf(environment).lambda(name);
    return [
      {
        stage,
        measure: `${name}-errors`,
        of: errors,
        bad: 'above',
        threshold: 0,
        periodSeconds: 5 * MINUTES,
        periods: 1,
        noData: nothingHappened,
        why: `The ${name} Lambda failed.`,
        whatToDo: afterError,
      },
      {
        stage,
        measure: `${name}-throttles`,
        of: throttles,
        bad: 'above',
        threshold: 0,
        periodSeconds: 5 * MINUTES,
        periods: 3,
        noData: nothingHappened,
        why: `The ${name} Lambda was refused for a quarter of an hour: the account runs as many functions as it may.`,
        whatToDo: 'Find what else in the account runs Lambdas, or ask AWS for a higher quota of concurrent executions.',
      },
    ];
  });
}

function jobAlarms(environment: Environment): Alarm[] {
  const { job } = metricsOf(environment);
  const { hoursWithoutSweep } = environment.watch;
  const { timeoutMinutes } = environment.load;
  return [
    {
      stage: 'load',
      measure: 'job-failures',
      of: job.failures,
      bad: 'above',
      threshold: 2,
      periodSeconds: HOUR,
      periods: 1,
      noData: nothingHappened,
      why: 'Three job runs failed within an hour; a mail told of each. It is not one bad upload.',
      whatToDo: 'Read the error message of the job runs: database, secret, network, or a deployment to take back.',
    },
    {
      stage: 'load',
      measure: 'job-failures-not-told',
      of: job.failuresNotTold,
      bad: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      noData: nothingHappened,
      why: 'A job run failed and EventBridge could not put it on the topic.',
      whatToDo: 'Look at the job runs yourself; check the policy of the topic and of its key for events.amazonaws.com.',
    },
    {
      stage: 'load',
      measure: 'job-seconds',
      of: job.jobSeconds,
      bad: 'above',
      threshold: timeoutMinutes * MINUTES * 0.8,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      noData: nothingHappened,
      why: `A job run took more than 80 % of the ${timeoutMinutes} minutes after which Glue ends it.`,
      whatToDo: 'Raise load.maxWorkers where many uploads came at once, load.timeoutMinutes where one is that large.',
    },
    {
      stage: 'load',
      measure: 'sweeps',
      of: job.sweeps,
      bad: 'below',
      threshold: 1,
      periodSeconds: HOUR,
      periods: hoursWithoutSweep,
      noData: {
        as: 'breaching',
        because: 'A sweep that does not run tells nothing: silence is what the alarm is about.',
      },
      why: `No sweep has ended for ${hoursWithoutSweep} hours: what events missed stays missing.`,
      whatToDo:
        'Look at the schedule in Glue and at the last job runs. In a new environment it ends with the first sweep.',
    },
  ];
}

/** What people notice of the console. WAF's own figures are in us-east-1, where no alarm of ours can look: the dashboard shows them. */
function consoleAlarms(environment: Environment): Alarm[] {
  const { console } = metricsOf(environment);
  if (console === undefined) return [];
  return [
    {
      stage: 'console',
      measure: 'api-failures',
      of: console.failures,
      bad: 'above',
      threshold: 4,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      noData: nothingHappened,
      why: 'The console answered more than four requests of five minutes with an error of its own (5xx).',
      whatToDo:
        'The access log names their paths, and the log of the function by the same request id the reason: most often the database, or an answer that took 29 s.',
    },
    {
      stage: 'console',
      measure: 'api-latency',
      of: console.milliseconds,
      bad: 'above',
      threshold: 2000,
      periodSeconds: 5 * MINUTES,
      periods: 3,
      noData: nothingHappened,
      why: 'One answer of the console in twenty has taken more than two seconds for a quarter of an hour.',
      whatToDo:
        'The access log tells which paths, and how much of it was the function. Look at the database; a function that starts takes a second or two.',
    },
    {
      stage: 'console',
      measure: 'api-refusals',
      of: console.refusals,
      bad: 'above',
      threshold: 500,
      periodSeconds: 5 * MINUTES,
      periods: 2,
      noData: nothingHappened,
      why: 'The console has refused more than 500 requests in five minutes, twice: somebody tries tokens, or a page asks for what is not there.',
      whatToDo:
        'The access log tells paths and reasons. From few addresses: lower console.requestsPerAddress. All 429: the audit log shows whether they are one person’s, who then has too many queries at once; else raise console.requestsPerSecond. The dashboard shows what WAF refused before.',
    },
  ];
}

function databaseAlarms(environment: Environment): Alarm[] {
  const { database } = metricsOf(environment);
  const { instanceClass, storageGib } = environment.database;
  const connections = Math.floor(connectionsAtMost(instanceClass) * 0.6);
  const alarms: Alarm[] = [
    {
      stage: 'store',
      measure: 'database-cpu',
      of: database.cpu,
      bad: 'above',
      threshold: 80,
      periodSeconds: 5 * MINUTES,
      periods: 6,
      noData: { as: 'breaching', because: 'RDS tells it every minute: without it the database is away.' },
      why: 'The database has been busy for half an hour, or is away.',
      whatToDo:
        'Look in RDS: is it available, which statements does Database Insights show? A large upload ends; else take a larger class.',
    },
    {
      stage: 'store',
      measure: 'database-read-latency',
      of: database.readLatency,
      bad: 'above',
      threshold: 0.02,
      periodSeconds: 5 * MINUTES,
      periods: 3,
      noData: unknown,
      why: 'Reading from the disk has taken more than 20 ms for a quarter of an hour; a few are usual.',
      whatToDo:
        'gp3 gives 3,000 requests a second: look at ReadIOPS. Views of all owners at once read everything; more memory keeps more of it.',
    },
    {
      stage: 'store',
      measure: 'database-write-latency',
      of: database.writeLatency,
      bad: 'above',
      threshold: 0.02,
      periodSeconds: 5 * MINUTES,
      periods: 3,
      noData: unknown,
      why: 'Writing to the disk has taken more than 20 ms for a quarter of an hour; a few are usual.',
      whatToDo:
        'gp3 gives 3,000 requests a second: look at WriteIOPS. Fewer workers load side by side where load.maxWorkers is lower.',
    },
    {
      stage: 'store',
      measure: 'database-connections',
      of: database.connections,
      bad: 'above',
      threshold: connections,
      periodSeconds: 5 * MINUTES,
      periods: 2,
      noData: unknown,
      why: `More than ${connections} connections are open; a ${instanceClass} takes at most some ${connectionsAtMost(instanceClass)}.`,
      whatToDo:
        "SHOW PROCESSLIST tells whose. Each of a job run's tasks has one: 4 for each worker; lower load.maxConcurrentRuns or load.maxWorkers.",
    },
    {
      stage: 'store',
      measure: 'database-free-storage',
      of: database.freeStorage,
      bad: 'below',
      threshold: (storageGib * 2 ** 30) / 20,
      periodSeconds: 5 * MINUTES,
      periods: 3,
      noData: unknown,
      why: 'The disk is nearly full: RDS has not added storage, as it does where less than a tenth is free.',
      whatToDo: 'It adds once in six hours and up to database.maxStorageGib: raise that, and apply.',
    },
  ];
  if (isBurstable(instanceClass)) {
    alarms.push({
      stage: 'store',
      measure: 'database-cpu-credits',
      of: database.credits,
      bad: 'below',
      threshold: 10,
      periodSeconds: HOUR,
      periods: 6,
      noData: unknown,
      why: `The ${instanceClass} has had no CPU credits for six hours: it goes on, and each vCPU hour is paid for.`,
      whatToDo: 'If it stays busy, a larger class is cheaper.',
    });
  }
  return alarms;
}
