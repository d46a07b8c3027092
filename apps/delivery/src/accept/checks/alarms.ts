/** Checks that mail addresses are subscribed to the topic, and that alarms and EventBridge can publish to it. */
import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  type MetricAlarm,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeRuleCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { StartJobRunCommand } from '@aws-sdk/client-glue';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { type Check, expectThat } from '../check.ts';
import type { AcceptContext } from '../context.ts';
import { ended } from './job.ts';

/** CloudWatch shows the metrics of other AWS services after a delay of some minutes. */
const METRIC_SECONDS = 900;
const ACTION_SECONDS = 300;
const DAYS_LOOKED_BACK = 14;

export const subscriptions: Check = {
  name: 'mail-subscriptions',
  proves: 'each address of `watch.emails` has confirmed its subscription',
  ifItFails:
    'open the link in the mail "AWS Notification - Subscription Confirmation". If the link has expired, run `aws sns subscribe --topic-arn <topic> --protocol email --notification-endpoint <address>`',
  disruptive: null,
  run: async ({ account, deployed, environment }) => {
    const TopicArn = topicOf({ deployed });
    const confirmed = new Set<string | undefined>();
    for (let NextToken: string | undefined; ; ) {
      const page = await account.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
      for (const { Endpoint, SubscriptionArn } of page.Subscriptions ?? []) {
        // Before the address confirms, the ARN is the string `PendingConfirmation`.
        if (SubscriptionArn?.startsWith('arn:')) confirmed.add(Endpoint);
      }
      NextToken = page.NextToken;
      if (NextToken === undefined) break;
    }
    const { emails } = environment.watch;
    const missing = emails.filter((email) => !confirmed.has(email));
    expectThat(
      missing.length === 0,
      `these addresses have not confirmed the subscription to ${TopicArn}: ${missing.join(', ')}`,
    );
    return emails.join(', ');
  },
};

export const alarmMails: Check = {
  name: 'alarm-mails',
  proves: 'each alarm publishes to the SNS topic when its state changes',
  ifItFails:
    'read the reason of the failed action in the alarm’s history. Usually the policy of the topic or of the KMS key does not allow cloudwatch.amazonaws.com',
  disruptive:
    'sets each alarm to another state and back, which sends two mails per alarm to every address of `watch.emails`',
  run: async (context) => {
    const { deployed, pace } = context;
    const topic = topicOf(context);
    const names = deployed.all('aws_cloudwatch_metric_alarm').map(({ alarm_name }) => String(alarm_name));
    const alarms = await describe(context, names);
    const absent = names.filter((name) => !alarms.some(({ AlarmName }) => AlarmName === name));
    expectThat(absent.length === 0, `these alarms do not exist: ${absent.join(', ')}`);
    const silent = alarms.filter(
      ({ ActionsEnabled, AlarmActions = [], OKActions = [] }) =>
        !ActionsEnabled || !AlarmActions.includes(topic) || !OKActions.includes(topic),
    );
    expectThat(
      silent.length === 0,
      `these alarms do not publish to the topic: ${silent.map(({ AlarmName }) => AlarmName).join(', ')}`,
    );
    const since = new Date(Date.now() - 1000);
    const changed: MetricAlarm[] = [];
    try {
      for (const alarm of alarms) {
        changed.push(alarm);
        await set(context, alarm, alarm.StateValue === 'ALARM' ? 'OK' : 'ALARM', 'accept tests the notification');
      }
      await pace.until('each alarm has published to the topic', ACTION_SECONDS, async () => {
        const { done, failed } = await actionsSince(context, topic, since, names);
        expectThat(failed.length === 0, failed.join('; '));
        return names.every((name) => done.has(name)) ? true : undefined;
      });
    } finally {
      await restoreStates(context, changed);
    }
    return `${names.length} alarms; their states are restored`;
  },
};

export const failureRule: Check = {
  name: 'job-failure-rule',
  proves: 'the EventBridge rule for failed job runs is enabled and targets the topic, and no delivery failed',
  ifItFails:
    'apply the stage `watch` again. If deliveries failed, the policies of the topic and of the KMS key must allow events.amazonaws.com to publish and to encrypt, without conditions',
  disruptive: null,
  run: async (context) => {
    const { account } = context;
    const Name = ruleOf(context);
    const { State } = await account.events.send(new DescribeRuleCommand({ Name }));
    expectThat(State === 'ENABLED', `the rule ${Name} is ${State}`);
    const { Targets = [] } = await account.events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    expectThat(
      Targets.some(({ Arn }) => Arn === topicOf(context)),
      `the targets of ${Name} are ${Targets.map(({ Arn }) => Arn).join(', ') || 'none'}`,
    );
    const since = new Date(Date.now() - DAYS_LOOKED_BACK * 86_400_000);
    const failures = await sumOf(context, 'FailedInvocations', since);
    expectThat(failures === 0, `${failures} deliveries failed in ${DAYS_LOOKED_BACK} days`);
    return `no failed delivery in ${DAYS_LOOKED_BACK} days`;
  },
};

export const failureMail: Check = {
  name: 'job-failure-mail',
  proves: 'EventBridge reports a failed job run to the topic',
  ifItFails:
    'compare the event pattern of the rule with the event in EventBridge → Sandbox. If deliveries failed, see the check `job-failure-rule`',
  disruptive: 'starts one job run that fails at once, which sends one mail to every address of `watch.emails`',
  run: async (context) => {
    const { account, names, pace } = context;
    const since = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    const Arguments = { '--keys-from': 'nothing-accept-asks-for-a-failure' };
    const { JobRunId = '' } = await account.glue.send(
      new StartJobRunCommand({ JobName: names.job, Arguments, JobRunQueuingEnabled: true }),
    );
    const { JobRunState } = await ended(context, JobRunId);
    expectThat(JobRunState === 'FAILED', `a job run with invalid arguments ended with the state ${JobRunState}`);
    await pace.until('EventBridge has delivered the failure', METRIC_SECONDS, async () => {
      const failures = await sumOf(context, 'FailedInvocations', since);
      expectThat(failures === 0, `EventBridge could not deliver ${failures} events`);
      return (await sumOf(context, 'Invocations', since)) > 0 ? true : undefined;
    });
    return `job run ${JobRunId}`;
  },
};

function topicOf({ deployed }: Pick<AcceptContext, 'deployed'>): string {
  return String(deployed.one('aws_sns_topic').arn);
}

function ruleOf({ deployed }: Pick<AcceptContext, 'deployed'>): string {
  return String(deployed.one('aws_cloudwatch_event_rule').name);
}

async function describe({ account }: AcceptContext, names: readonly string[]): Promise<MetricAlarm[]> {
  const found: MetricAlarm[] = [];
  // A request accepts up to 100 names.
  for (let from = 0; from < names.length; from += 100) {
    const { MetricAlarms = [] } = await account.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: names.slice(from, from + 100), MaxRecords: 100 }),
    );
    found.push(...MetricAlarms);
  }
  return found;
}

async function set(
  { account }: AcceptContext,
  { AlarmName }: MetricAlarm,
  StateValue: NonNullable<MetricAlarm['StateValue']>,
  StateReason: string,
): Promise<void> {
  await account.cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
}

/**
 * Restores the earlier state of each alarm. Continues with the other alarms if one cannot be restored.
 *
 * @throws {SeenError} some alarms could not be restored. The message contains their names and earlier states.
 */
async function restoreStates(context: AcceptContext, alarms: readonly MetricAlarm[]): Promise<void> {
  const left: string[] = [];
  for (const alarm of alarms) {
    const before = alarm.StateValue ?? 'INSUFFICIENT_DATA';
    await set(context, alarm, before, 'accept restores the earlier state').catch((error: unknown) => {
      left.push(`${alarm.AlarmName} was ${before} (${error})`);
    });
  }
  expectThat(left.length === 0, `the states of some alarms are not restored: ${left.join('; ')}`);
}

/** Returns the alarms that have published to the topic since `StartDate`, and the failed actions. */
async function actionsSince({ account }: AcceptContext, topic: string, StartDate: Date, names: readonly string[]) {
  const done = new Set<string>();
  const failed: string[] = [];
  for (let NextToken: string | undefined; ; ) {
    const page = await account.cloudwatch.send(
      new DescribeAlarmHistoryCommand({ HistoryItemType: 'Action', StartDate, MaxRecords: 100, NextToken }),
    );
    for (const { AlarmName = '', HistorySummary = '' } of page.AlarmHistoryItems ?? []) {
      if (!names.includes(AlarmName) || !HistorySummary.includes(topic)) continue;
      if (/^Successfully executed/i.test(HistorySummary)) done.add(AlarmName);
      else if (/^Failed/i.test(HistorySummary)) failed.push(`${AlarmName}: ${HistorySummary}`);
    }
    NextToken = page.NextToken;
    if (NextToken === undefined) return { done, failed };
  }
}

async function sumOf(context: AcceptContext, MetricName: string, StartTime: Date): Promise<number> {
  const { Datapoints = [] } = await context.account.cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Events',
      MetricName,
      Dimensions: [{ Name: 'RuleName', Value: ruleOf(context) }],
      StartTime,
      EndTime: new Date(Date.now() + 60_000),
      // A response contains up to 1,440 values.
      Period: 3600,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}
