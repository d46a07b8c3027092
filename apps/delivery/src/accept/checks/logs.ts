/** Checks that logs and metrics arrive in the log groups and dimensions that the stacks declare. */
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type LogGroup,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Check, expectThat, SeenError } from '../check.ts';
import type { AcceptContext } from '../context.ts';

/** CloudWatch shows the metrics of a log event after a delay of some minutes. */
const METRIC_SECONDS = 900;
const LOG_SECONDS = 300;

export const logGroups: Check = {
  name: 'log-groups',
  proves:
    'each log group has the retention of its stack and the environment’s key, and no AWS service has created another log group',
  ifItFails:
    'apply the stage again. If an AWS service created another log group, correct the log group’s name in the stack',
  disruptive: null,
  run: async (context) => {
    const { deployed, names, environment } = context;
    const wanted = deployed.all('aws_cloudwatch_log_group');
    const begin = [`/centflow/${environment.name}/`, `/aws/lambda/${names.prefix}-`];
    begin.push(`/aws/rds/instance/${names.databaseInstance}/`, `/aws-glue/crawlers-role/${names.prefix}-`);
    const found = new Map<string, LogGroup>();
    for (const prefix of begin)
      for (const group of await groupsBelow(context, prefix)) found.set(group.logGroupName ?? '', group);
    for (const { name, retention_in_days, kms_key_id } of wanted) {
      const group = found.get(String(name)) ?? (await groupsBelow(context, String(name)))[0];
      if (group === undefined || group.logGroupName !== name)
        throw new SeenError(`the log group ${name} does not exist`);
      expectThat(
        group.retentionInDays === retention_in_days,
        `the retention of ${name} is ${group.retentionInDays ?? 'unlimited'}, but the stack sets ${retention_in_days} days`,
      );
      expectThat(
        group.kmsKeyId === kms_key_id,
        `${name} is encrypted with the key ${group.kmsKeyId ?? 'of AWS'}, not with the key of the environment`,
      );
    }
    const known = new Set(wanted.map(({ name }) => name));
    const others = [...found.keys()].filter((name) => !known.has(name));
    expectThat(others.length === 0, `these log groups are not in a stack: ${others.join(', ')}`);
    return `${wanted.length} log groups`;
  },
};

export const jobLogs: Check = {
  name: 'job-logs',
  proves: 'Glue writes the log of the job to the log groups that the stack creates',
  ifItFails:
    'find the group to which Glue writes instead (`/aws-glue/jobs/…`) in CloudWatch Logs, and compare the job’s `--custom-logGroup-prefix` with infra/src/stacks/load/load-job.ts',
  disruptive: null,
  run: async ({ account, deployed, environment, pace, since }) => {
    const prefix = `/centflow/${environment.name}/job/`;
    const groups = deployed
      .all('aws_cloudwatch_log_group')
      .map(({ name }) => String(name))
      .filter((name) => name.startsWith(prefix));
    await pace.until(
      `${groups.join(' or ')} has a log entry since the start of these checks`,
      LOG_SECONDS,
      async () => {
        for (const logGroupName of groups) {
          const { logStreams = [] } = await account.logs.send(
            new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', descending: true, limit: 1 }),
          );
          if (
            logStreams.some(
              ({ creationTime = 0, lastEventTimestamp = creationTime }) => lastEventTimestamp >= since.getTime(),
            )
          ) {
            return true;
          }
        }
        return undefined;
      },
    );
    return groups.join(', ');
  },
};

export const metricsLog: Check = {
  name: 'job-metrics-log',
  proves: 'the job writes its metrics in CloudWatch’s embedded metric format',
  ifItFails:
    'find "some or all metrics of the job run were not emitted" in the log of the job, and read the reason after it. Usually the VPC endpoint for logs or the role of the job is wrong',
  disruptive: null,
  run: async ({ account, names, pace, since }) => {
    const published = await pace.until(
      `${names.jobMetricsLogGroup} reports a published upload`,
      LOG_SECONDS,
      async () => {
        let sum = 0;
        for (let nextToken: string | undefined; ; ) {
          const page = await account.logs.send(
            new FilterLogEventsCommand({
              logGroupName: names.jobMetricsLogGroup,
              startTime: since.getTime(),
              nextToken,
            }),
          );
          for (const { message = '{}' } of page.events ?? []) {
            const event = JSON.parse(message) as { _aws?: { CloudWatchMetrics?: unknown }; UploadsPublished?: number };
            if (event._aws?.CloudWatchMetrics !== undefined) sum += event.UploadsPublished ?? 0;
          }
          nextToken = page.nextToken;
          if (nextToken === undefined) break;
        }
        return sum > 0 ? sum : undefined;
      },
    );
    return `${published} uploads published`;
  },
};

export const metrics: Check = {
  name: 'metrics',
  proves: 'CloudWatch extracts the metrics of the alarms from the logs of the trigger and the job',
  ifItFails:
    'open CloudWatch → Metrics → Centflow. Each metric must have exactly the dimensions `service` and `environment`, because the alarms use only these (infra/src/metrics.ts)',
  disruptive: null,
  run: async (context) => {
    const figures: string[] = [];
    for (const [service, metric] of [
      ['trigger', 'JobRunsStarted'],
      ['load', 'UploadsPublished'],
    ] as const) {
      const sum = await context.pace.until(`CloudWatch has the metric ${metric} of ${service}`, METRIC_SECONDS, () =>
        sumOf(context, service, metric),
      );
      figures.push(`${metric} ${sum}`);
    }
    return figures.join(', ');
  },
};

async function sumOf(
  { account, environment, since }: AcceptContext,
  service: string,
  MetricName: string,
): Promise<number | undefined> {
  const { Datapoints = [] } = await account.cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Centflow',
      MetricName,
      Dimensions: [
        { Name: 'service', Value: service },
        { Name: 'environment', Value: environment.name },
      ],
      StartTime: new Date(Math.floor(since.getTime() / 60_000) * 60_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 300,
      Statistics: ['Sum'],
    }),
  );
  const sum = Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
  return sum > 0 ? sum : undefined;
}

async function groupsBelow({ account }: AcceptContext, logGroupNamePrefix: string): Promise<LogGroup[]> {
  const found: LogGroup[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await account.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
    found.push(...(page.logGroups ?? []));
    nextToken = page.nextToken;
    if (nextToken === undefined) return found;
  }
}
