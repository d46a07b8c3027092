/** Tests the state of Glue, SQS and CloudWatch that operators see, and the actions that they start. */
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { GetJobCommand, GetJobRunsCommand, StartJobRunCommand, UpdateJobCommand } from '@aws-sdk/client-glue';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RouteName } from '../contract/api.ts';
import type { JobRun } from '../contract/operations.ts';
import { awsOf } from '../local/config.ts';
import { billedDpuSeconds, dpuHourUsdOf, GLUE_PRICES, usdOf } from '../operations/glue-price.ts';
import { jobRunOf } from '../operations/handlers.ts';
import { type Ask, call } from './call.ts';
import { createFlow, type Flow } from './flow.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let flow: Flow;
let token: string;

beforeAll(async () => {
  world = await startWorld();
  flow = await createFlow(world);
  token = await world.token({ 'cognito:groups': ['operators'] });
});
afterAll(() => world?.[Symbol.asyncDispose]());

const ask = (name: RouteName, request: Ask = {}) => call(world, name, token, request);
const dead = (text: string) =>
  flow.sqs.send(new SendMessageCommand({ QueueUrl: flow.deadLetterQueueUrl, MessageBody: text }));

describe('the dead letters on the operations page', () => {
  test('are counted and moved back to the trigger unchanged', async () => {
    await Promise.all(['one', 'two', 'three'].map(dead));
    expect((await ask('countDeadLetters')).body).toEqual({ deadLetters: 3, waiting: 0 });
    expect((await ask('redrive', { json: {} })).body).toEqual({ messages: 3, finished: true });
    expect((await ask('countDeadLetters')).body).toEqual({ deadLetters: 0, waiting: 3 });
    const { Messages = [] } = await flow.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: flow.queueUrl, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body }) => Body).sort()).toEqual(['one', 'three', 'two']);
  });

  test('are not moved if the dead-letter queue is empty', async () => {
    expect((await ask('redrive', { json: {} })).body).toEqual({ messages: 0, finished: true });
  });
});

describe('the job runs on the operations page', () => {
  test('are listed with their prices, the newest first', async () => {
    const JobName = world.config.GLUE_JOB_NAME;
    await flow.glue.send(new StartJobRunCommand({ JobName, Arguments: { '--keys-from': 'manifest' } }));
    const { body } = await ask('sweep', { json: {} });
    expect(body.jobRunId).toMatch(/\w/);
    const listed = await ask('listJobRuns');
    expect(listed.body.runs.map(({ mode }: { mode: string }) => mode).sort()).toEqual(['manifest', 'sweep']);
    expect(listed.body.runs).toMatchObject([
      { glueVersion: '6.0', dpuHourUsd: '0.3080' },
      { glueVersion: '6.0', dpuHourUsd: '0.3080' },
    ]);
    expect(listed.body.prices).toEqual({ source: GLUE_PRICES.source, asOf: GLUE_PRICES.asOf });
    expect((await ask('listJobRuns', { query: { limit: '1' } })).body.runs).toHaveLength(1);
  });

  test('are started with the arguments of a sweep when an operator starts a sweep', async () => {
    const { body } = await ask('sweep', { json: {} });
    const { JobRuns = [] } = await flow.glue.send(new GetJobRunsCommand({ JobName: world.config.GLUE_JOB_NAME }));
    expect(JobRuns.find(({ Id }) => Id === body.jobRunId)?.Arguments).toMatchObject({ '--keys-from': 'sweep' });
  });

  test('are billed in whole seconds and for at least one minute per worker', () => {
    expect(billedDpuSeconds(0.2, 2)).toBe(120);
    expect(billedDpuSeconds(61.2, 2)).toBe(124);
    expect(billedDpuSeconds(0, 2)).toBe(0);
  });

  test.each([
    ['0.4400', 3600, '0.4400'],
    ['0.4400', 120, '0.0147'],
    ['0.3080', 3600, '0.3080'],
    ['0.3080', 120, '0.0103'],
    ['0.3080', 0, '0.0000'],
    ['0.3080', 3600 * 1_000_000, '308000.0000'],
  ])('with a price of %s USD per DPU-hour and %i DPU-seconds cost exactly %s USD', (dpuHourUsd, dpuSeconds, usd) => {
    expect(usdOf(dpuSeconds, dpuHourUsd)).toBe(usd);
  });

  test('keep the price of their Glue version after the job has moved to another version', async () => {
    const JobName = world.config.GLUE_JOB_NAME;
    const start = async () => (await flow.glue.send(new StartJobRunCommand({ JobName }))).JobRunId ?? '';
    const change = async (GlueVersion: string) => {
      const { Job } = await flow.glue.send(new GetJobCommand({ JobName }));
      const { Role, Command, WorkerType, NumberOfWorkers } = Job ?? {};
      const JobUpdate = { Role, Command, WorkerType, NumberOfWorkers, GlueVersion };
      await flow.glue.send(new UpdateJobCommand({ JobName, JobUpdate }));
    };
    await change('5.1');
    const before = await start();
    await change('7.0');
    const unlisted = await start();
    await change('6.0');
    const after = await start();

    const { body } = await ask('listJobRuns');
    const priceOf = (jobRunId: string) => {
      const { glueVersion, dpuHourUsd } = body.runs.find((run: JobRun) => run.jobRunId === jobRunId) ?? {};
      return { glueVersion, dpuHourUsd };
    };
    expect(priceOf(before)).toEqual({ glueVersion: '5.1', dpuHourUsd: '0.4400' });
    expect(priceOf(unlisted)).toEqual({ glueVersion: '7.0', dpuHourUsd: null });
    expect(priceOf(after)).toEqual({ glueVersion: '6.0', dpuHourUsd: '0.3080' });
  });

  test('have no price if their version, class or worker type is not listed', () => {
    expect(dpuHourUsdOf({ GlueVersion: '6.0' })).toBe('0.3080');
    expect(dpuHourUsdOf({ GlueVersion: '6.0', ExecutionClass: 'STANDARD', WorkerType: 'G.1X' })).toBe('0.3080');
    expect(dpuHourUsdOf({})).toBeUndefined();
    expect(dpuHourUsdOf({ GlueVersion: '7.0' })).toBeUndefined();
    expect(dpuHourUsdOf({ GlueVersion: '6.0', ExecutionClass: 'FLEX' })).toBeUndefined();
    expect(dpuHourUsdOf({ GlueVersion: '6.0', WorkerType: 'R.1X' })).toBeUndefined();
  });

  test('have list prices with four decimals', () => {
    for (const price of [...GLUE_PRICES.dpuHourUsdByVersion.values(), GLUE_PRICES.crawlerDpuHourUsd]) {
      expect(price).toMatch(/^\d+\.\d{4}$/);
    }
  });

  test('are shown with the values that Glue reports, even while they are running', () => {
    const started = new Date('2025-03-01T10:00:00Z');
    const run = {
      Id: 'jr_1',
      JobRunState: 'RUNNING',
      StartedOn: started,
      GlueVersion: '6.0',
      NumberOfWorkers: 2,
      ExecutionTime: 0,
    } as const;
    expect(jobRunOf(run)).toEqual({
      ...{ jobRunId: 'jr_1', state: 'RUNNING', mode: 'other', startedAt: started.toISOString(), endedAt: null },
      ...{ seconds: 0, dpuSeconds: 0, message: null },
      ...{ glueVersion: '6.0', dpuHourUsd: '0.3080', usd: '0.0000' },
    });
    expect(jobRunOf({ ...run, JobRunState: 'SUCCEEDED' })).toMatchObject({
      seconds: 1,
      dpuSeconds: 120,
      usd: '0.0103',
    });
    expect(jobRunOf({ ...run, ExecutionTime: 90, DPUSeconds: 100.5 })).toMatchObject({
      dpuSeconds: 100.5,
      usd: '0.0086',
    });
    expect(jobRunOf({ ...run, GlueVersion: undefined, ExecutionTime: 90 })).toMatchObject({
      dpuSeconds: 180,
      ...{ glueVersion: null, dpuHourUsd: null, usd: null },
    });
  });
});

describe('the alarms on the operations page', () => {
  test('are listed for the environment, with their state', async () => {
    const cloudwatch = new CloudWatchClient(awsOf(world.config));
    const alarm = { Namespace: 'AWS/SQS', MetricName: 'x', EvaluationPeriods: 1, Threshold: 1, Period: 60 } as const;
    for (const AlarmName of ['centflow-local-load-dead-letters', 'dev-load-dead-letters']) {
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          ...{ ...alarm, AlarmName, AlarmDescription: 'Messages wait', Statistic: 'Sum' },
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      );
    }
    const AlarmName = 'centflow-local-load-dead-letters';
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'three' }));
    cloudwatch.destroy();
    const { body } = await ask('listAlarms');
    expect(body.alarms).toMatchObject([
      { name: AlarmName, state: 'ALARM', description: 'Messages wait', reason: 'three' },
    ]);
  });
});
