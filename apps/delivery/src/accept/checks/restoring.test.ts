/** Tests that each check restores the settings that it changes, whether it passes, fails or is interrupted. */
import { ConcurrentRunsExceededException } from '@aws-sdk/client-glue';
import { describe, expect, test } from 'vitest';
import { FakeContext } from '../../testing/accept-context.ts';
import { Pace } from '../context.ts';
import { alarmMails } from './alarms.ts';
import { deadLetters } from './dead-letters.ts';
import { jobQueuing, sweepByClock, sweepRuns } from './job.ts';
import { restore } from './restore.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:centflow-dev-alarms';
const alarm = (AlarmName: string, StateValue: string, more: object = {}) => ({
  AlarmName,
  StateValue,
  ActionsEnabled: true,
  AlarmActions: [TOPIC],
  OKActions: [TOPIC],
  ...more,
});

describe('the check of the alarm notifications', () => {
  const states = {
    aws_sns_topic: [{ arn: TOPIC }],
    aws_cloudwatch_metric_alarm: [{ alarm_name: 'a' }, { alarm_name: 'b' }],
  };
  const alarms = [alarm('a', 'INSUFFICIENT_DATA'), alarm('b', 'ALARM')];
  const history = (summary: string) => () => ({
    AlarmHistoryItems: ['a', 'b', 'another'].map((AlarmName) => ({ AlarmName, HistorySummary: `${summary} ${TOPIC}` })),
  });
  const fake = (
    summary: string,
    described: readonly object[] = alarms,
    setState: (input: { AlarmName: string; StateValue: string }) => object = () => ({}),
  ) =>
    new FakeContext(
      {
        DescribeAlarms: () => ({ MetricAlarms: described }),
        SetAlarmState: setState,
        DescribeAlarmHistory: history(summary),
      },
      states,
    );
  const setStates = (of: FakeContext) =>
    of.inputsOf('SetAlarmState').map(({ AlarmName, StateValue }) => `${AlarmName} ${StateValue}`);

  test('puts each alarm into a different state, then restores the original state', async () => {
    const of = fake('Successfully executed action');
    expect(await alarmMails.run(of.context)).toMatch(/^2 alarms/);
    expect(setStates(of)).toEqual(['a ALARM', 'b OK', 'a INSUFFICIENT_DATA', 'b ALARM']);
  });

  test('restores the states and reports the reason if CloudWatch could not publish', async () => {
    const of = fake('Failed to execute action: access denied');
    await expect(alarmMails.run(of.context)).rejects.toThrow(/a: Failed to execute action: access denied/);
    expect(setStates(of).slice(2)).toEqual(['a INSUFFICIENT_DATA', 'b ALARM']);
  });

  test('restores the states of the other alarms if CloudWatch refuses one', async () => {
    const of = fake('Successfully executed action', alarms, ({ AlarmName, StateValue }) => {
      if (AlarmName === 'a' && StateValue === 'INSUFFICIENT_DATA') throw new Error('ResourceNotFound');
      return {};
    });
    await expect(alarmMails.run(of.context)).rejects.toThrow(/a was INSUFFICIENT_DATA.*ResourceNotFound/);
    expect(setStates(of)).toEqual(['a ALARM', 'b OK', 'a INSUFFICIENT_DATA', 'b ALARM']);
  });

  test.each([
    ['an alarm does not exist', alarms.slice(1), /these alarms do not exist: a/],
    [
      'the actions of an alarm are disabled',
      [alarm('a', 'OK', { ActionsEnabled: false }), alarms[1]],
      /these alarms do not publish to the topic: a/,
    ],
    [
      'an alarm publishes to another topic',
      [alarm('a', 'OK', { AlarmActions: ['arn:x'] }), alarms[1]],
      /these alarms do not publish to the topic: a/,
    ],
  ])('changes nothing if %s', async (_, described, message) => {
    const of = fake('', described as object[]);
    await expect(alarmMails.run(of.context)).rejects.toThrow(message);
    expect(setStates(of)).toEqual([]);
  });
});

describe('the check of the dead letters', () => {
  const policy = JSON.stringify({ deadLetterTargetArn: 'arn:dlq', maxReceiveCount: 24 });
  const states = {
    aws_sqs_queue: [
      { name: 'centflow-dev-uploads', url: 'https://q' },
      { name: 'centflow-dev-uploads-dlq', url: 'https://dlq' },
    ],
    aws_lambda_event_source_mapping: [{ uuid: 'u' }],
  };
  /** Fakes a queue that allows one receive per message, and an event source mapping whose changes take effect late. */
  function fakeQueue({
    receive = () => {},
    dead = 0,
    mapping = 'Enabled',
  }: {
    receive?: () => void;
    dead?: number;
    mapping?: string;
  } = {}) {
    const queue = { dead, mapping, policy };
    const of = new FakeContext(
      {
        GetQueueAttributes: ({ QueueUrl, AttributeNames }: { QueueUrl: string; AttributeNames: string[] }) => ({
          Attributes: AttributeNames.includes('RedrivePolicy')
            ? { RedrivePolicy: queue.policy }
            : { QueueArn: QueueUrl, ApproximateNumberOfMessages: String(QueueUrl === 'https://dlq' ? queue.dead : 0) },
        }),
        SetQueueAttributes: ({ Attributes }: { Attributes: { RedrivePolicy: string } }) => {
          // If the trigger returned a batch during the check, the batch's messages would become dead letters.
          if (queue.mapping !== 'Disabled') throw new Error(`the mapping is ${queue.mapping}`);
          queue.policy = Attributes.RedrivePolicy;
          return {};
        },
        ReceiveMessage: () => {
          receive();
          if ((JSON.parse(queue.policy) as { maxReceiveCount: number }).maxReceiveCount === 1) queue.dead = 1;
          return { Messages: [] };
        },
        StartMessageMoveTask: () => {
          queue.dead = 0;
          return {};
        },
        GetEventSourceMapping: () => {
          const State = queue.mapping;
          if (State.endsWith('ing')) queue.mapping = State === 'Disabling' ? 'Disabled' : 'Enabled';
          return { State };
        },
        UpdateEventSourceMapping: ({ Enabled }: { Enabled: boolean }) => {
          if (queue.mapping.endsWith('ing')) throw new Error('ResourceInUseException');
          queue.mapping = Enabled ? 'Enabling' : 'Disabling';
          return {};
        },
      },
      states,
    );
    return { of, queue };
  }

  test('redrives an event that became a dead letter, and restores the queue and the trigger', async () => {
    const { of, queue } = fakeQueue();
    await deadLetters.run(of.context);
    expect(of.inputsOf('StartMessageMoveTask')).toHaveLength(1);
    expect(queue).toEqual({ dead: 0, mapping: 'Enabled', policy });
    expect(of.deletedUploads).toHaveLength(1);
  });

  test('restores the queue and the trigger if SQS refuses a request', async () => {
    const { of, queue } = fakeQueue({
      receive: () => {
        throw new Error('AccessDenied');
      },
    });
    await expect(deadLetters.run(of.context)).rejects.toThrow('AccessDenied');
    expect(queue).toEqual({ dead: 0, mapping: 'Enabled', policy });
  });

  test('changes nothing if the trigger is already disabled', async () => {
    const { of, queue } = fakeQueue({ mapping: 'Disabled' });
    await expect(deadLetters.run(of.context)).rejects.toThrow('mapping is Disabled, so nothing was changed');
    expect(of.inputsOf('UpdateEventSourceMapping')).toEqual([]);
    expect(queue).toEqual({ dead: 0, mapping: 'Disabled', policy });
  });

  test('changes nothing if the queue already has dead letters', async () => {
    const { of } = fakeQueue({ dead: 3 });
    await expect(deadLetters.run(of.context)).rejects.toThrow('3 dead letters already exist');
    expect(of.inputsOf('SetQueueAttributes')).toEqual([]);
  });
});

describe('the check of the job queue', () => {
  function fakeGlue({ limit = 2, queues = true, retries = 0 } = {}) {
    const runs = new Map<string, string>();
    const running = () => [...runs.values()].filter((state) => state === 'RUNNING').length;
    const of = new FakeContext(
      {
        GetJob: () => ({ Job: { JobRunQueuingEnabled: true, MaxRetries: retries } }),
        GetJobRuns: () => ({ JobRuns: [...runs].map(([Id, JobRunState]) => ({ Id, JobRunState })) }),
        StartJobRun: ({ JobRunQueuingEnabled }: { JobRunQueuingEnabled: boolean }) => {
          const isFull = running() >= limit;
          if (isFull && !(JobRunQueuingEnabled && queues)) {
            throw new ConcurrentRunsExceededException({ message: 'full', $metadata: {} });
          }
          const JobRunId = `jr_${runs.size}`;
          runs.set(JobRunId, isFull ? 'WAITING' : 'RUNNING');
          return { JobRunId };
        },
        GetJobRun: ({ RunId }: { RunId: string }) => {
          const JobRunState = runs.get(RunId);
          // The check has seen the queued run, so all runs can end.
          if (JobRunState === 'WAITING') for (const id of runs.keys()) runs.set(id, 'SUCCEEDED');
          return { JobRun: { Id: RunId, JobRunState } };
        },
        BatchStopJobRun: ({ JobRunIds }: { JobRunIds: string[] }) => {
          for (const id of JobRunIds) runs.set(id, 'STOPPED');
          return {};
        },
      },
      {},
    );
    return { of, runs };
  }

  test('passes if Glue, without a free slot, refuses a run that may not queue and queues a run that may', async () => {
    const { of, runs } = fakeGlue();
    expect(await jobQueuing.run(of.context)).toBe('2 job runs at once and one in the queue');
    expect([...runs.values()]).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(of.inputsOf('BatchStopJobRun')).toEqual([]);
  });

  test('stops the runs that it started if Glue does not queue the last one', async () => {
    const { of, runs } = fakeGlue({ queues: false });
    await expect(jobQueuing.run(of.context)).rejects.toThrow('full');
    expect([...runs.values()]).toEqual(['STOPPED', 'STOPPED']);
  });

  test('fails if Glue accepts more runs than the limit', async () => {
    const { of } = fakeGlue({ limit: 9 });
    await expect(jobQueuing.run(of.context)).rejects.toThrow('Glue started 3 job runs at once, but 2 are allowed');
  });

  test('starts no run if the job has retries, because Glue then does not queue runs', async () => {
    const { of } = fakeGlue({ retries: 1 });
    await expect(jobQueuing.run(of.context)).rejects.toThrow(/1 retries/);
    expect(of.inputsOf('StartJobRun')).toEqual([]);
  });
});

describe('the check of a sweep', () => {
  test('waits until Glue accepts the sweep', async () => {
    let full = 2;
    const of = new FakeContext(
      {
        StartJobRun: () => {
          full -= 1;
          if (full >= 0) throw new ConcurrentRunsExceededException({ message: 'full', $metadata: {} });
          return { JobRunId: 'jr_1' };
        },
        GetJobRun: () => ({ JobRun: { JobRunState: 'SUCCEEDED', ExecutionTime: 7 } }),
      },
      {},
    );
    expect(await sweepRuns.run(of.context)).toBe('job run jr_1 took 7 s');
  });
});

describe('the check of the scheduled sweep', () => {
  const fake = (State: string, runs: readonly object[] = []) =>
    new FakeContext({ GetTrigger: () => ({ Trigger: { State } }), GetJobRuns: () => ({ JobRuns: runs }) }, {}).context;
  const ofTrigger = { TriggerName: 'centflow-dev-sweep', StartedOn: new Date('2026-01-01T03:17:00Z') };

  test('passes if the last run of the trigger succeeded', async () => {
    const runs = [
      { Id: 'jr_1', JobRunState: 'SUCCEEDED', ...ofTrigger },
      { Id: 'jr_2', JobRunState: 'FAILED', StartedOn: new Date() },
    ];
    expect(await sweepByClock.run(fake('ACTIVATED', runs))).toMatch(/^jr_1 at 2026-01-01T03:17/);
  });

  test('fails if the scheduled sweep failed or its trigger is not activated', async () => {
    const failed = { Id: 'jr_1', JobRunState: 'FAILED', ErrorMessage: 'no database', ...ofTrigger };
    await expect(sweepByClock.run(fake('ACTIVATED', [failed]))).rejects.toThrow('jr_1 FAILED: no database');
    await expect(sweepByClock.run(fake('CREATED'))).rejects.toThrow('centflow-dev-sweep is CREATED');
  });

  test('is skipped until the first sweep is due, and then fails if no sweep has run', async () => {
    await expect(sweepByClock.run(fake('ACTIVATED'))).rejects.toMatchObject({ name: 'NotYetError' });
    const old = { ...fake('ACTIVATED'), firstDeployedAt: new Date('2026-01-01') };
    await expect(sweepByClock.run(old)).rejects.toMatchObject({ name: 'SeenError' });
  });
});

describe('the check of a restore', () => {
  const states = {
    aws_db_instance: [
      {
        instance_class: 'db.t4g.micro',
        db_subnet_group_name: 'g',
        parameter_group_name: 'p',
        vpc_security_group_ids: ['sg'],
      },
    ],
  };
  const good = {
    StorageEncrypted: true,
    KmsKeyId: 'k',
    EngineVersion: '8.4',
    AllocatedStorage: 20,
    PubliclyAccessible: false,
  };

  const TARGET = 'centflow-dev-accept-restore';
  const HOST = `${TARGET}.c9akciq32rgx.eu-west-1.rds.amazonaws.com`;
  const VIEWS = ['v_transactions', 'v_account_balance'];

  interface FakeOptions {
    /** Attributes of the restored instance that differ from the source instance. */
    readonly restored?: object;
    /** Returns the final state of the job run with this index, which starts at 0. The default is SUCCEEDED. */
    readonly ends?: (run: number) => string;
    /** Returns the views that differ in this round of comparisons. The first round is 1. */
    readonly differing?: (round: number) => readonly string[];
    /** Returns the error with which the migrator fails on this event, or undefined. */
    readonly failing?: (event: { rebuild: string }) => string | undefined;
  }

  /** Returns a context with fakes of RDS, Glue, the migrator and one restored instance. */
  function fakeAccount({ restored = {}, ends = () => 'SUCCEEDED', differing = () => [], failing }: FakeOptions = {}) {
    const instances = new Map<string, object>([['centflow-dev-database', { DBInstanceStatus: 'available', ...good }]]);
    const runs: string[] = [];
    const events: object[] = [];
    const of = new FakeContext(
      {
        DescribeDBInstances: ({ DBInstanceIdentifier }: { DBInstanceIdentifier: string }) => {
          const found = instances.get(DBInstanceIdentifier);
          return { DBInstances: found === undefined ? [] : [found] };
        },
        RestoreDBInstanceToPointInTime: () => {
          instances.set(TARGET, { DBInstanceStatus: 'available', ...good, Endpoint: { Address: HOST }, ...restored });
          return {};
        },
        DeleteDBInstance: ({ DBInstanceIdentifier }: { DBInstanceIdentifier: string }) => {
          instances.delete(DBInstanceIdentifier);
          return {};
        },
        Invoke: ({ Payload }: { Payload: Buffer }) => {
          const event = JSON.parse(Payload.toString()) as { rebuild: string; views: readonly string[] };
          events.push(event);
          const failure = failing?.(event);
          if (failure !== undefined) return { FunctionError: 'Unhandled', Payload: Buffer.from(failure) };
          const different = differing(runs.length / 2);
          const views =
            event.rebuild === 'create'
              ? VIEWS.map((view) => ({ view }))
              : event.views.map((view) => ({ view, rows: 3, equal: !different.includes(view) }));
          const answer = { database: 'centflow', rebuilt: 'centflow_rebuild', views };
          return { Payload: Buffer.from(JSON.stringify(answer)) };
        },
        StartJobRun: () => ({ JobRunId: `${runs.push('RUNNING') - 1}` }),
        GetJobRun: ({ RunId }: { RunId: string }) => {
          if (runs[Number(RunId)] === 'RUNNING') runs[Number(RunId)] = ends(Number(RunId));
          return { JobRun: { Id: RunId, JobRunState: runs[Number(RunId)], ErrorMessage: 'a reason' } };
        },
        BatchStopJobRun: ({ JobRunIds }: { JobRunIds: string[] }) => {
          for (const id of JobRunIds) runs[Number(id)] = 'STOPPED';
          return {};
        },
      },
      states,
    );
    return { of, instances, runs, events };
  }
  const onlyTheFirst = ['centflow-dev-database'];

  test('rebuilds the database on a second instance, compares each view, and deletes only the second instance', async () => {
    const { of, instances, events } = fakeAccount();
    expect(await restore.run(of.context)).toBe('2 views are equal row by row; the restored instance was deleted');
    expect(of.inputsOf('RestoreDBInstanceToPointInTime')).toMatchObject([
      { DBSubnetGroupName: 'g', VpcSecurityGroupIds: ['sg'], PubliclyAccessible: false, AllocatedStorage: 40 },
    ]);
    const sweep = { '--keys-from': 'sweep', '--database-host': HOST };
    expect(of.inputsOf('StartJobRun').map(({ Arguments }) => Arguments)).toEqual([
      sweep,
      { ...sweep, '--database-name': 'centflow_rebuild' },
    ]);
    expect(events).toEqual([
      { host: HOST, rebuild: 'create' },
      ...VIEWS.map((view) => ({ host: HOST, rebuild: 'compare', views: [view] })),
    ]);
    expect([...instances.keys()]).toEqual(onlyTheFirst);
    expect(of.inputsOf('DeleteDBInstance')).toMatchObject([{ DBInstanceIdentifier: TARGET }]);
  });

  test('does not compare the views before both sweeps have ended', async () => {
    const { of } = fakeAccount();
    await restore.run(of.context);
    const order = of.sent.map(({ command }) => command).filter((name) => /^(Invoke|StartJobRun|GetJobRun)$/.test(name));
    expect(order.slice(0, 5)).toEqual(['Invoke', 'StartJobRun', 'StartJobRun', 'GetJobRun', 'GetJobRun']);
    expect(order.slice(-2)).toEqual(['Invoke', 'Invoke']);
  });

  test('runs both sweeps again if an upload arrived between them', async () => {
    const { of } = fakeAccount({ differing: (round) => (round === 1 ? ['v_transactions'] : []) });
    expect(await restore.run(of.context)).toMatch(/^2 views are equal/);
    expect(of.inputsOf('StartJobRun')).toHaveLength(4);
  });

  test('names the views that still differ, and deletes the restored instance', async () => {
    const { of, instances } = fakeAccount({ differing: () => ['v_account_balance'] });
    await expect(restore.run(of.context)).rejects.toThrow(
      'these views differ from those rebuilt from the bucket: v_account_balance (3 rows)',
    );
    expect([...instances.keys()]).toEqual(onlyTheFirst);
  });

  test('deletes the restored instance if its settings differ from the source instance', async () => {
    const { of, instances, events } = fakeAccount({ restored: { KmsKeyId: 'another' } });
    await expect(restore.run(of.context)).rejects.toThrow(
      'KmsKeyId is another on the restored instance, but k on the source instance',
    );
    expect([...instances.keys()]).toEqual(onlyTheFirst);
    expect(events).toEqual([]);
  });

  test('deletes the restored instance if the administrator’s password was rotated, and reports what to do', async () => {
    const { of, instances } = fakeAccount({
      failing: () => '{"errorType":"RestoredPasswordError","errorMessage":"Restore to a later moment."}',
    });
    await expect(restore.run(of.context)).rejects.toThrow(/RestoredPasswordError.*Restore to a later moment/);
    expect(restore.ifItFails).toContain('run the check again in half an hour');
    expect([...instances.keys()]).toEqual(onlyTheFirst);
  });

  test('stops the other sweep if one fails, and deletes the restored instance', async () => {
    const { of, instances, runs } = fakeAccount({ ends: (run) => (run === 0 ? 'FAILED' : 'RUNNING') });
    await expect(restore.run(of.context)).rejects.toThrow('job run 0 ended with the state FAILED: a reason');
    expect(runs).toEqual(['FAILED', 'STOPPED']);
    expect([...instances.keys()]).toEqual(onlyTheFirst);
  });

  test('stops the sweeps and deletes the restored instance after Ctrl-C', async () => {
    const interrupt = new AbortController();
    const { of, instances, runs } = fakeAccount({
      ends: () => {
        interrupt.abort(new Error('interrupted'));
        return 'RUNNING';
      },
    });
    await expect(restore.run({ ...of.context, pace: new Pace(1, interrupt.signal) })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(runs).toEqual(['STOPPED', 'STOPPED']);
    expect([...instances.keys()]).toEqual(onlyTheFirst);
  });
});
