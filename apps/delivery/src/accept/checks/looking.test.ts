/** Tests the read-only checks with AWS answers that the emulator cannot give. */
import { EntityNotFoundException } from '@aws-sdk/client-glue';
import { ResourceNotReadyException } from '@aws-sdk/client-lambda';
import type { EnvironmentName } from '@centflow/infra';
import { describe, expect, test } from 'vitest';
import { type Answers, FakeContext } from '../../testing/accept-context.ts';
import type { Check } from '../check.ts';
import { failureMail, failureRule, subscriptions } from './alarms.ts';
import { backup, migratorIdempotent } from './database.ts';
import { functionsAnswer } from './flow.ts';
import { crawler } from './job.ts';
import { jobLogs, logGroups, metrics } from './logs.ts';
import { quickSight } from './reports.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:centflow-dev-alarms';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1';

interface Case {
  readonly check: Check;
  readonly answers: Answers;
  readonly resources: Readonly<Record<string, readonly object[]>>;
  readonly name?: EnvironmentName;
}
const run = ({ check, answers, resources, name = 'dev' }: Case) =>
  check.run(new FakeContext(answers, resources, name).context);

describe('the check of the subscriptions', () => {
  const of = (...arns: string[]): Case => {
    const context = new FakeContext({}, {}).context;
    const Subscriptions = context.environment.watch.emails.map((Endpoint, index) => ({
      Endpoint,
      SubscriptionArn: arns[index] ?? arns[0],
    }));
    return {
      check: subscriptions,
      answers: { ListSubscriptionsByTopic: () => ({ Subscriptions }) },
      resources: { aws_sns_topic: [{ arn: TOPIC }] },
    };
  };

  test('passes if each address is confirmed, and fails if one is not', async () => {
    await run(of(`${TOPIC}:1`));
    await expect(run(of('PendingConfirmation'))).rejects.toThrow(
      /these addresses have not confirmed the subscription to \S+: \S+@\S+/,
    );
  });
});

describe('the check of the EventBridge rule', () => {
  const of = ({ State = 'ENABLED', target = TOPIC, failed = 0 } = {}): Case => ({
    check: failureRule,
    answers: {
      DescribeRule: () => ({ State }),
      ListTargetsByRule: () => ({ Targets: [{ Arn: target }] }),
      GetMetricStatistics: () => ({ Datapoints: [{ Sum: failed }, { Sum: 0 }] }),
    },
    resources: { aws_sns_topic: [{ arn: TOPIC }], aws_cloudwatch_event_rule: [{ name: 'rule' }] },
  });

  test('passes if the rule is enabled and no delivery failed', async () => {
    expect(await run(of())).toMatch(/no failed delivery/);
  });

  test.each([
    [{ State: 'DISABLED' }, 'the rule rule is DISABLED'],
    [{ target: 'arn:other' }, 'the targets of rule are arn:other'],
    [{ failed: 2 }, '2 deliveries failed'],
  ])('fails with %o', async (wrong, message) => {
    await expect(run(of(wrong))).rejects.toThrow(message);
  });
});

describe('the check of the notification about a failed job run', () => {
  const of = (state: string, figures: Readonly<Record<string, number>>): Case => ({
    check: failureMail,
    answers: {
      StartJobRun: () => ({ JobRunId: 'jr_1' }),
      GetJobRun: () => ({ JobRun: { JobRunState: state } }),
      GetMetricStatistics: ({ MetricName }: { MetricName: string }) => ({ Datapoints: [{ Sum: figures[MetricName] }] }),
    },
    resources: { aws_cloudwatch_event_rule: [{ name: 'rule' }] },
  });

  test('passes after EventBridge has delivered the event', async () => {
    expect(await run(of('FAILED', { Invocations: 1, FailedInvocations: 0 }))).toBe('job run jr_1');
  });

  test('fails if EventBridge cannot deliver the event, or if the job run succeeds', async () => {
    await expect(run(of('FAILED', { Invocations: 1, FailedInvocations: 1 }))).rejects.toThrow('could not deliver 1');
    await expect(run(of('SUCCEEDED', {}))).rejects.toThrow('ended with the state SUCCEEDED');
  });
});

describe('the check of the backup', () => {
  const of = ({ days = 1, restorable = new Date(), snapshots = [{ Status: 'available' }] } = {}): Case => ({
    check: backup,
    answers: {
      DescribeDBInstances: () => ({
        DBInstances: [{ BackupRetentionPeriod: days, LatestRestorableTime: restorable }],
      }),
      DescribeDBSnapshots: () => ({ DBSnapshots: snapshots }),
    },
    resources: {},
  });

  test('passes with an automated backup and a recent restorable time', async () => {
    expect(await run(of())).toMatch(/^1 backups, restorable to 20/);
  });

  test.each([
    [{ days: 0 }, 'RDS keeps backups for 0 days, but the environment requires 1'],
    [{ snapshots: [{ Status: 'creating' }] }, 'no automated backup is available'],
    [{ restorable: new Date('2026-01-01') }, 'the latest restorable time is'],
  ])('fails with %o', async (wrong, message) => {
    await expect(run(of(wrong))).rejects.toThrow(message);
  });
});

describe('the check of QuickSight', () => {
  const GOOD = 'CREATION_SUCCESSFUL';
  const of = ({ network = 'AVAILABLE', rules = 'ENABLED', dashboard = GOOD, errors = [] as object[] } = {}): Case => ({
    check: quickSight,
    answers: {
      DescribeVPCConnection: () => ({ VPCConnection: { AvailabilityStatus: network } }),
      DescribeDataSource: () => ({ DataSource: { Status: GOOD } }),
      DescribeDataSet: () => ({
        DataSet: { OutputColumns: [{ Name: 'owner' }], RowLevelPermissionDataSet: { Status: rules } },
      }),
      DescribeDashboard: () => ({ Dashboard: { Version: { Status: dashboard, Errors: errors } } }),
    },
    resources: {
      aws_quicksight_vpc_connection: [{ vpc_connection_id: 'n' }],
      aws_quicksight_data_source: [{ data_source_id: 's' }],
      aws_quicksight_data_set: [{ data_set_id: 'd1' }, { data_set_id: 'd2' }],
      aws_quicksight_dashboard: [{ dashboard_id: 'b' }],
    },
  });

  test('passes with a network, row-level rules on the data sets, and dashboards without errors', async () => {
    expect(await run(of())).toBe('2 data sets, 1 dashboards');
  });

  test.each([
    [{ network: 'UNAVAILABLE' }, 'n is UNAVAILABLE'],
    [{ rules: 'DISABLED' }, 'd1 shows every row to each reader'],
    [{ dashboard: 'CREATION_FAILED' }, 'b is CREATION_FAILED'],
    [{ errors: [{ Message: 'no column' }] }, 'b is CREATION_SUCCESSFUL: no column'],
  ])('fails with %o', async (wrong, message) => {
    await expect(run(of(wrong))).rejects.toThrow(message);
  });

  test('is skipped if the environment has no reports', () => {
    const { environment } = new FakeContext({}, {}).context;
    expect(quickSight.absent?.({ ...environment, report: null })).toMatch(/no reports/);
  });
});

describe('the check of the crawler', () => {
  const of = ({ status = 'SUCCEEDED', adds = true } = {}) => {
    let started = 0;
    return new FakeContext(
      {
        GetCrawler: () => ({
          Crawler: { State: 'READY', LastCrawl: { Status: status, StartTime: new Date(started), ErrorMessage: 'no' } },
        }),
        StartCrawler: () => {
          started = Date.now();
          return {};
        },
        GetPartition: () => {
          if (adds) return { Partition: {} };
          throw new EntityNotFoundException({ message: 'no partition', $metadata: {} });
        },
        DeletePartition: () => ({}),
      },
      { aws_glue_crawler: [{ name: 'centflow-dev-crawler' }] },
    );
  };

  test('finds the partition of the owner of the checks, then deletes the partition and the upload', async () => {
    const fake = of();
    await crawler.run(fake.context);
    expect(fake.inputsOf('DeletePartition')).toMatchObject([
      { TableName: 'expenses', PartitionValues: ['centflow-canary-accept'] },
    ]);
    expect(fake.deletedUploads).toHaveLength(1);
  });

  test('deletes the upload and fails if the crawl fails or adds no partition', async () => {
    const failed = of({ status: 'FAILED' });
    await expect(crawler.run(failed.context)).rejects.toThrow('the crawl ended with FAILED: no');
    expect(failed.deletedUploads).toHaveLength(1);
    await expect(crawler.run(of({ adds: false }).context)).rejects.toThrow('the crawl did not add the partition');
  });
});

describe('the check of the log groups', () => {
  const NAME = '/aws/lambda/centflow-dev-trigger';
  const of = (groups: readonly object[]): Case => ({
    check: logGroups,
    answers: {
      DescribeLogGroups: ({ logGroupNamePrefix }: { logGroupNamePrefix: string }) => ({
        logGroups: groups.filter(
          (group) => 'logGroupName' in group && String(group.logGroupName).startsWith(logGroupNamePrefix),
        ),
      }),
    },
    resources: { aws_cloudwatch_log_group: [{ name: NAME, retention_in_days: 30, kms_key_id: KEY }] },
  });
  const good = { logGroupName: NAME, retentionInDays: 30, kmsKeyId: KEY };

  test('passes if each log group has the retention and the key of the environment', async () => {
    expect(await run(of([good]))).toBe('1 log groups');
  });

  test.each([
    ['is missing', [], `the log group ${NAME} does not exist`],
    [
      'never expires',
      [{ ...good, retentionInDays: undefined }],
      `the retention of ${NAME} is unlimited, but the stack sets 30 days`,
    ],
    ['has no key', [{ ...good, kmsKeyId: undefined }], `${NAME} is encrypted with the key of AWS`],
    [
      'was created by an AWS service',
      [good, { logGroupName: '/centflow/dev/job/other/output' }],
      'these log groups are not in a stack: /centflow/dev/job/other/output',
    ],
  ])('fails if a log group %s', async (_, groups, message) => {
    await expect(run(of(groups))).rejects.toThrow(message);
  });
});

test('the check of the job logs waits for a log entry that is newer than the start of the checks', async () => {
  let asked = 0;
  const streams = () => {
    asked += 1;
    return { logStreams: [{ creationTime: 1, lastEventTimestamp: asked < 3 ? 1 : Date.now() + 1000 }] };
  };
  const resources = { aws_cloudwatch_log_group: [{ name: '/centflow/dev/job/x/output' }, { name: '/aws/lambda/y' }] };
  expect(await run({ check: jobLogs, answers: { DescribeLogStreams: streams }, resources })).toBe(
    '/centflow/dev/job/x/output',
  );
  expect(asked).toBe(3);
});

test('the check of the metrics reads the dimensions that the alarms use', async () => {
  const fake = new FakeContext({ GetMetricStatistics: () => ({ Datapoints: [{ Sum: 2 }] }) }, {});
  expect(await metrics.run(fake.context)).toBe('JobRunsStarted 2, UploadsPublished 2');
  expect(fake.inputsOf('GetMetricStatistics').map(({ Dimensions }) => Dimensions)).toEqual(
    ['trigger', 'load'].map((Value) => [
      { Name: 'service', Value },
      { Name: 'environment', Value: 'dev' },
    ]),
  );
});

describe('the check of the functions', () => {
  const of = ({
    State = 'Active',
    name = 'centflow-dev-trigger',
    answer = '{ "batchItemFailures": [] }',
    error = '',
  } = {}): Case => ({
    check: functionsAnswer,
    answers: {
      GetFunctionConfiguration: () => ({ State, StateReason: 'no subnet', LastUpdateStatus: 'Successful' }),
      Invoke: () => ({ Payload: Buffer.from(answer), ...(error === '' ? {} : { FunctionError: error }) }),
    },
    resources: { aws_lambda_function: [{ function_name: name }] },
  });

  test('passes if each function answers a harmless event, and ignores white space in the JSON', async () => {
    expect(await run(of())).toBe('1 functions');
  });

  test.each([
    [{ State: 'Failed' }, 'centflow-dev-trigger is Failed: no subnet'],
    [{ error: 'Unhandled', answer: 'no module' }, 'centflow-dev-trigger failed (Unhandled): no module'],
    [{ answer: '{"batchItemFailures":[{"itemIdentifier":"1"}]}' }, 'centflow-dev-trigger answers {"batchItemFailures"'],
    [{ name: 'centflow-dev-new' }, 'accept has no harmless event for centflow-dev-new'],
  ])('fails with %o', async (wrong, message) => {
    await expect(run(of(wrong))).rejects.toThrow(message);
  });
});

describe('the check of the migrator', () => {
  const of = (answer: object, fails = 0): Case => {
    let failures = fails;
    const Invoke = () => {
      failures -= 1;
      if (failures >= 0) throw new ResourceNotReadyException({ $metadata: {}, message: 'The function is inactive.' });
      return { Payload: Buffer.from(JSON.stringify({ applied: [], unknown: [], rotated: [], ...answer })) };
    };
    return { check: migratorIdempotent, answers: { Invoke }, resources: {} };
  };

  test('retries while Lambda reactivates an inactive function', async () => {
    expect(await run(of({}, 3))).toBe('nothing applied');
  });

  test('fails if a migration was pending, or if the database is from a newer release', async () => {
    await expect(run(of({ applied: ['0001/1'] }))).rejects.toThrow('which the check has now applied: 0001/1');
    await expect(run(of({ unknown: ['0009'] }))).rejects.toThrow(
      'the database contains migrations of a newer release: 0009',
    );
  });
});
