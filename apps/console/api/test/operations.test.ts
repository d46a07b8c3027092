/** What operators see of Glue, SQS and CloudWatch, and what they set going there. */
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { GetJobRunsCommand, StartJobRunCommand } from '@aws-sdk/client-glue';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RouteName } from '../contract/api.ts';
import { awsOf } from '../local/config.ts';
import { billedDpuSeconds, usdOf } from '../operations/glue-price.ts';
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

describe('dead letters', () => {
  test('are counted, and go back to the trigger as they are', async () => {
    await Promise.all(['one', 'two', 'three'].map(dead));
    expect((await ask('countDeadLetters')).body).toEqual({ deadLetters: 3, waiting: 0 });
    expect((await ask('redrive', { json: {} })).body).toEqual({ messages: 3, finished: true });
    expect((await ask('countDeadLetters')).body).toEqual({ deadLetters: 0, waiting: 3 });
    const { Messages = [] } = await flow.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: flow.queueUrl, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body }) => Body).sort()).toEqual(['one', 'three', 'two']);
  });

  test('that are none go nowhere', async () => {
    expect((await ask('redrive', { json: {} })).body).toEqual({ messages: 0, finished: true });
  });
});

describe('job runs', () => {
  test('are listed with what they cost, the newest first', async () => {
    const JobName = world.config.GLUE_JOB_NAME;
    await flow.glue.send(new StartJobRunCommand({ JobName, Arguments: { '--mode': 'manifest' } }));
    const { body } = await ask('sweep', { json: {} });
    expect(body.jobRunId).toMatch(/\w/);
    const listed = await ask('listJobRuns');
    expect(listed.body.runs.map(({ mode }: { mode: string }) => mode).sort()).toEqual(['manifest', 'sweep']);
    expect(listed.body.price).toMatchObject({ dpuHourUsd: '0.4400' });
    expect((await ask('listJobRuns', { query: { limit: '1' } })).body.runs).toHaveLength(1);
  });

  test('sweep with the arguments of a sweep', async () => {
    const { body } = await ask('sweep', { json: {} });
    const { JobRuns = [] } = await flow.glue.send(new GetJobRunsCommand({ JobName: world.config.GLUE_JOB_NAME }));
    expect(JobRuns.find(({ Id }) => Id === body.jobRunId)?.Arguments).toMatchObject({ '--mode': 'sweep' });
  });

  test('cost what Glue bills: whole seconds, at least a minute for each worker, exactly rounded', () => {
    expect(billedDpuSeconds(0.2, 2)).toBe(120);
    expect(billedDpuSeconds(61.2, 2)).toBe(124);
    expect(billedDpuSeconds(0, 2)).toBe(0);
    expect(usdOf(3600)).toBe('0.4400');
    expect(usdOf(120)).toBe('0.0147');
    expect(usdOf(0)).toBe('0.0000');
    expect(usdOf(3600 * 1_000_000)).toBe('440000.0000');
  });

  test('are read as Glue tells them, also while they run', () => {
    const started = new Date('2025-03-01T10:00:00Z');
    const run = {
      Id: 'jr_1',
      JobRunState: 'RUNNING',
      StartedOn: started,
      NumberOfWorkers: 2,
      ExecutionTime: 0,
    } as const;
    expect(jobRunOf(run)).toEqual({
      ...{ jobRunId: 'jr_1', state: 'RUNNING', mode: 'other', startedAt: started.toISOString(), endedAt: null },
      ...{ seconds: 0, dpuSeconds: 0, usd: '0.0000', message: null },
    });
    expect(jobRunOf({ ...run, JobRunState: 'SUCCEEDED' })).toMatchObject({
      seconds: 1,
      dpuSeconds: 120,
      usd: '0.0147',
    });
    expect(jobRunOf({ ...run, ExecutionTime: 90, DPUSeconds: 100.5 })).toMatchObject({
      dpuSeconds: 100.5,
      usd: '0.0123',
    });
  });
});

describe('alarms', () => {
  test('are those of the environment, with their state', async () => {
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
