/**
 * Every alarm of an environment, as data. To add an alarm, add an entry here. The watch stack creates it, the dashboard draws its
 * threshold, and `npm run infra -- render` adds it to docs/runbook.md.
 */
import { connectionsAtMost, isBurstable } from './database-class.ts';
import type { Environment } from './environment.ts';
import { type FunctionName, functionsOf, type Metric, metricsOf } from './metrics.ts';
import type { StageName } from './stacks/centflow-stack.ts';

/** A value that CloudWatch calculates from several metrics. */
export interface Calculation {
  /** CloudWatch metric math over the keys of `metrics`. */
  readonly expression: string;
  readonly metrics: Readonly<Record<string, Metric>>;
}

export interface Alarm {
  /** The stage whose stack contains the watched resource. */
  readonly stage: StageName;
  /** The measured value, in lower case with hyphens. The alarm's name is `<environment>-<stage>-<measure>`. */
  readonly measure: string;
  readonly metric: Metric | Calculation;
  /** The side of the threshold on which a value raises the alarm. A value equal to the threshold does not raise it. */
  readonly alarmWhen: 'above' | 'below';
  /** The threshold in the unit that CloudWatch uses for the metric: seconds, bytes, per cent, or a count. */
  readonly threshold: number;
  /** The number of seconds that each value covers: a multiple of 60. */
  readonly periodSeconds: number;
  /** The alarm is raised after this number of consecutive periods beyond the threshold. */
  readonly periods: number;
  readonly missingData: MissingData;
  /** A sentence for the alarm's mail that describes what has happened. */
  readonly why: string;
  readonly whatToDo: string;
}

/** How CloudWatch treats a period without a value. */
export interface MissingData {
  /** `ignore` keeps the state of the alarm. `missing` makes the state unknown once all values are missing. */
  readonly treatAs: 'notBreaching' | 'breaching' | 'ignore' | 'missing';
  readonly because: string;
}

const MINUTES = 60;
const HOUR = 3600;

const nothingHappened: MissingData = {
  treatAs: 'notBreaching',
  because: 'The metric has values only when something happens.',
};
const idleQueue: MissingData = {
  treatAs: 'notBreaching',
  because: 'SQS stops publishing metrics for a queue that has been idle for hours.',
};
const databaseDown: MissingData = {
  treatAs: 'missing',
  because:
    'RDS publishes the metric every minute. Without values, the CPU alarm reports that the database is not available.',
};

/** Returns `<environment>-<stage>-<measure>`. */
export function alarmName(environment: Pick<Environment, 'name'>, { stage, measure }: Alarm): string {
  return `${environment.name}-${stage}-${measure}`;
}

export function isCalculation(metric: Metric | Calculation): metric is Calculation {
  return 'expression' in metric;
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

/** Returns the alarms about problems that users notice or need to know about. */
function uploadAlarms(environment: Environment): Alarm[] {
  const { job } = metricsOf(environment);
  const { secondsToVisible, quarantineShare } = environment.watch;
  return [
    {
      stage: 'load',
      measure: 'seconds-to-visible',
      metric: job.secondsToVisible,
      alarmWhen: 'above',
      threshold: secondsToVisible,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      missingData: nothingHappened,
      why: `Uploads became visible more than ${secondsToVisible} s after they had arrived (95th percentile).`,
      whatToDo:
        'Check the dashboard from left to right for the stage that waited: queue, trigger, job or database. The alarm is expected after a rebuild from raw/, and after a change of a feed that makes rejected uploads valid.',
    },
    {
      stage: 'load',
      measure: 'uploads-rejected',
      metric: job.rejected,
      alarmWhen: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      missingData: nothingHappened,
      why: 'An upload was rejected. The previously published version of its key stays visible.',
      whatToDo:
        'Read the reason in v_upload_accounting, and inform the owner. The job’s log shows code, row and column (`rejected …`).',
    },
    {
      stage: 'load',
      measure: 'uploads-failed',
      metric: job.failed,
      alarmWhen: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      missingData: nothingHappened,
      why: 'An upload could not be loaded, but its content is not the cause. The next sweep tries again.',
      whatToDo:
        'Read the reason in v_upload_accounting. The job’s log names the error (`failed …`). If the next sweep also fails to load the upload, the fault is in Centflow.',
    },
    {
      stage: 'load',
      measure: 'quarantine-share',
      metric: {
        expression: 'IF(rows > 0, quarantined / rows, 0)',
        metrics: { rows: job.rowsRead, quarantined: job.rowsQuarantined },
      },
      alarmWhen: 'above',
      threshold: quarantineShare,
      periodSeconds: HOUR,
      periods: 1,
      missingData: nothingHappened,
      why: `More than ${quarantineShare * 100} % of an hour’s rows broke their contract. The database stores these rows, but reports do not show them.`,
      whatToDo:
        'v_upload_accounting shows the uploads. Many similar uploads mean that a bank changed its export. A single upload is probably not a statement.',
    },
    {
      stage: 'load',
      measure: 'uploads-found-by-sweep',
      metric: job.foundBySweep,
      alarmWhen: 'above',
      threshold: 0,
      periodSeconds: HOUR,
      periods: 1,
      missingData: nothingHappened,
      why: 'The sweep found and loaded uploads whose events were lost or delayed.',
      whatToDo:
        'Check the queue and the dead letters of that time. Also check whether the bucket still notifies the queue. The alarm is expected after a rebuild from raw/.',
    },
  ];
}

/** Returns the alarms for the steps between the queue and the start of a job run. */
function triggerAlarms(environment: Environment): Alarm[] {
  const { queue, trigger } = metricsOf(environment);
  return [
    {
      stage: 'load',
      measure: 'oldest-message',
      metric: queue.oldest,
      alarmWhen: 'above',
      threshold: environment.watch.secondsToVisible,
      periodSeconds: MINUTES,
      periods: 3,
      missingData: idleQueue,
      why: 'An event has waited in the queue for longer than an upload may take to become visible.',
      whatToDo:
        'Read the log of the trigger. A full Glue does not raise this alarm, because the metric ignores messages that were received three times. The alarm `batches-given-back` reports a full Glue.',
    },
    {
      stage: 'load',
      measure: 'dead-letters',
      metric: queue.dead,
      alarmWhen: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      missingData: idleQueue,
      why: 'Messages ended in the dead-letter queue, because the trigger could not process them in any attempt.',
      whatToDo:
        'Read the reason in the log of the trigger, fix it, then redrive the queue. The sweep has loaded the uploads in the meantime.',
    },
    {
      stage: 'load',
      measure: 'unreadable-messages',
      metric: trigger.unreadableMessages,
      alarmWhen: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      missingData: nothingHappened,
      why: 'A message in the queue is not an event of the uploads bucket. SQS moves the message to the dead-letter queue.',
      whatToDo:
        'Read the message in the log of the trigger. Either something other than the bucket sends to the queue, or AWS changed the format of events.',
    },
    {
      stage: 'load',
      measure: 'batches-given-back',
      metric: trigger.batchesGivenBack,
      alarmWhen: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      // SQS's metric for the oldest message ignores messages that have been received three times:
      // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
      periods: 2,
      missingData: nothingHappened,
      why: 'Glue has had no capacity for a job run for ten minutes. Uploads wait in the queue.',
      whatToDo:
        'Check the active job runs. Stop a run that hangs, wait, or raise load.maxConcurrentRuns (and the DPU quota).',
    },
  ];
}

/** For each function: its stage, and what to do after an error of the function. */
const functions: Readonly<Record<FunctionName, { stage: StageName; afterError: string }>> = {
  trigger: { stage: 'load', afterError: 'Read the function’s log. SQS delivers the messages again automatically.' },
  migrator: {
    stage: 'load',
    afterError:
      'Read the function’s log and fix the MySQL error. Then apply `load` again: the migrator resumes where it stopped.',
  },
  console: {
    stage: 'console',
    afterError: 'Read the function’s log. The people whose requests failed saw an error, and can try again.',
  },
  operations: {
    stage: 'console',
    afterError:
      'Read the function’s log. The pipeline works without this function. Meanwhile, use the AWS console for job runs, queues and alarms.',
  },
  canary: {
    stage: 'watch',
    afterError:
      'Read the function’s log. The deployment that invoked the function is not promoted. Once the function works, run the deployment’s canary again.',
  },
};

/** Returns the same alarms for each function of the environment. */
function functionAlarms(environment: Environment): Alarm[] {
  return functionsOf(environment).flatMap((name): Alarm[] => {
    const { stage, afterError } = functions[name];
    const { errors, throttles } = metricsOf(environment).lambda(name);
    return [
      {
        stage,
        measure: `${name}-errors`,
        metric: errors,
        alarmWhen: 'above',
        threshold: 0,
        periodSeconds: 5 * MINUTES,
        periods: 1,
        missingData: nothingHappened,
        why: `The ${name} Lambda failed.`,
        whatToDo: afterError,
      },
      {
        stage,
        measure: `${name}-throttles`,
        metric: throttles,
        alarmWhen: 'above',
        threshold: 0,
        periodSeconds: 5 * MINUTES,
        periods: 3,
        missingData: nothingHappened,
        why: `The ${name} Lambda was throttled for 15 minutes, because the account has reached its limit of concurrent executions.`,
        whatToDo: 'Find out what else in the account runs Lambdas, or request a higher quota of concurrent executions.',
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
      metric: job.failures,
      alarmWhen: 'above',
      threshold: 2,
      periodSeconds: HOUR,
      periods: 1,
      missingData: nothingHappened,
      why: 'Three job runs failed within an hour, and a mail reported each. A single bad upload cannot cause this.',
      whatToDo:
        'Read the error messages of the job runs. The cause is the database, a secret, the network, or a deployment to roll back.',
    },
    {
      stage: 'load',
      measure: 'job-failure-notification-failed',
      metric: job.failedFailureNotifications,
      alarmWhen: 'above',
      threshold: 0,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      missingData: nothingHappened,
      why: 'A job run failed, and EventBridge could not publish the failure to the topic.',
      whatToDo: 'Check the job runs in Glue, then the policies of the topic and of its key for events.amazonaws.com.',
    },
    {
      stage: 'load',
      measure: 'job-seconds',
      metric: job.jobSeconds,
      alarmWhen: 'above',
      threshold: timeoutMinutes * MINUTES * 0.8,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      missingData: nothingHappened,
      why: `A job run took more than 80 % of the ${timeoutMinutes} minutes after which Glue ends it.`,
      whatToDo:
        'Raise load.maxWorkers if many uploads arrived at once, or load.timeoutMinutes if a single upload is that large.',
    },
    {
      stage: 'load',
      measure: 'sweeps',
      metric: job.sweeps,
      alarmWhen: 'below',
      threshold: 1,
      periodSeconds: HOUR,
      periods: hoursWithoutSweep,
      missingData: {
        treatAs: 'breaching',
        because: 'A sweep that does not run publishes no value. The alarm detects the missing value.',
      },
      why: `No sweep has ended for ${hoursWithoutSweep} hours. Uploads whose events were lost stay missing.`,
      whatToDo:
        'Check the schedule in Glue and the last job runs. In a new environment, the alarm ends with the first sweep.',
    },
  ];
}

/**
 * Returns the alarms about problems that people notice in the console. WAF publishes its metrics in us-east-1. Alarms
 * in this region cannot read the metrics of WAF, so only the dashboard shows these metrics.
 */
function consoleAlarms(environment: Environment): Alarm[] {
  const { console: api } = metricsOf(environment);
  if (api === undefined) return [];
  return [
    {
      stage: 'console',
      measure: 'api-failures',
      metric: api.failures,
      alarmWhen: 'above',
      threshold: 4,
      periodSeconds: 5 * MINUTES,
      periods: 1,
      missingData: nothingHappened,
      why: 'The console answered more than four requests within five minutes with a server error (5xx).',
      whatToDo:
        'The access log shows the paths of the requests. The function’s log shows the reason under the same request id. The usual cause is the database, or a response that took 29 s.',
    },
    {
      stage: 'console',
      measure: 'api-latency',
      metric: api.milliseconds,
      alarmWhen: 'above',
      threshold: 2000,
      periodSeconds: 5 * MINUTES,
      periods: 3,
      missingData: nothingHappened,
      why: 'For 15 minutes, one in twenty answers of the console has taken more than two seconds.',
      whatToDo:
        'The access log shows the paths of the requests, and how long the function took. Check the database. A cold start takes a second or two.',
    },
    {
      stage: 'console',
      measure: 'api-refusals',
      metric: api.refusals,
      alarmWhen: 'above',
      threshold: 500,
      periodSeconds: 5 * MINUTES,
      periods: 2,
      missingData: nothingHappened,
      why: 'The console has rejected more than 500 requests in five minutes, twice in a row. Either somebody is trying invalid tokens, or a page is requesting something that does not exist.',
      whatToDo:
        'The access log shows paths and reasons. If only a few addresses send the requests, lower console.requestsPerAddress. If all responses are 429 and the audit log shows one person, that person sends too many queries at once. Otherwise raise console.requestsPerSecond. The dashboard shows the requests that WAF blocked.',
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
      metric: database.cpu,
      alarmWhen: 'above',
      threshold: 80,
      periodSeconds: 5 * MINUTES,
      periods: 6,
      missingData: {
        treatAs: 'breaching',
        because: 'RDS publishes the metric every minute while the database is available.',
      },
      why: 'The database has been busy for half an hour, or is not available.',
      whatToDo:
        'Check in RDS whether the database is available. Database Insights shows the slowest statements. A large upload keeps the database busy only for a while. If no upload is the cause, use a larger class.',
    },
    {
      stage: 'store',
      measure: 'database-read-latency',
      metric: database.readLatency,
      alarmWhen: 'above',
      threshold: 0.02,
      periodSeconds: 5 * MINUTES,
      periods: 3,
      missingData: databaseDown,
      why: 'For 15 minutes, reads from the disk have taken more than 20 ms. A few milliseconds are normal.',
      whatToDo:
        'Compare ReadIOPS with gp3’s limit of 3,000 requests a second. Views over all owners read every row. A class with more memory caches more rows.',
    },
    {
      stage: 'store',
      measure: 'database-write-latency',
      metric: database.writeLatency,
      alarmWhen: 'above',
      threshold: 0.02,
      periodSeconds: 5 * MINUTES,
      periods: 3,
      missingData: databaseDown,
      why: 'For 15 minutes, writes to the disk have taken more than 20 ms. A few milliseconds are normal.',
      whatToDo:
        'Compare WriteIOPS with gp3’s limit of 3,000 requests a second. A lower load.maxWorkers makes fewer workers load in parallel.',
    },
    {
      stage: 'store',
      measure: 'database-connections',
      metric: database.connections,
      alarmWhen: 'above',
      threshold: connections,
      periodSeconds: 5 * MINUTES,
      periods: 2,
      missingData: databaseDown,
      why: `More than ${connections} connections are open. A ${instanceClass} accepts about ${connectionsAtMost(instanceClass)}.`,
      whatToDo:
        'SHOW PROCESSLIST shows the users. Each task of a job run opens one connection, and each worker runs 4 tasks. Lower load.maxConcurrentRuns or load.maxWorkers.',
    },
    {
      stage: 'store',
      measure: 'database-free-storage',
      metric: database.freeStorage,
      alarmWhen: 'below',
      threshold: (storageGib * 2 ** 30) / 20,
      periodSeconds: 5 * MINUTES,
      periods: 3,
      missingData: databaseDown,
      why: 'The disk is nearly full. RDS normally adds storage once less than a tenth is free, but has not done so.',
      whatToDo:
        'RDS adds storage at most once in six hours, up to database.maxStorageGib. Raise this value, and apply `store`.',
    },
  ];
  if (isBurstable(instanceClass)) {
    alarms.push({
      stage: 'store',
      measure: 'database-cpu-credits',
      metric: database.credits,
      alarmWhen: 'below',
      threshold: 10,
      periodSeconds: HOUR,
      periods: 6,
      missingData: databaseDown,
      why: `The ${instanceClass} has had no CPU credits for six hours. The database keeps running, and AWS bills each vCPU hour.`,
      whatToDo: 'If the database stays busy, use a larger class, which is then cheaper.',
    });
  }
  return alarms;
}
