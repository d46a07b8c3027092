/** Checks of the notifications: mail subscriptions, and publishing to the topic by alarms and by EventBridge. */
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

/** CloudWatch shows metrics of other services only after some minutes. */
const METRIC_SECONDS = 900;
const ACTION_SECONDS = 300;
const DAYS_LOOKED_BACK = 14;

export const subscriptions: Check = {
  name: 'mail-subscriptions',
  proves: 'each address of `watch.emails` has confirmed its subscription',
  ifItFails:
    'open the link in the mail "AWS Notification - Subscription Confirmation"; if it has expired: `aws sns subscribe --topic-arn <topic> --protocol email --notification-endpoint <address>`',
  disruptive: null,
  run: async ({ account, deployed, environment }) => {
    const TopicArn = topicOf({ deployed });
    const confirmed = new Set<string | undefined>();
    for (let NextToken: string | undefined; ; ) {
      const page = await account.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
      for (const { Endpoint, SubscriptionArn } of page.Subscriptions ?? []) {
        // Before the confirmation, the ARN is the text PendingConfirmation.
        if (SubscriptionArn?.startsWith('arn:')) confirmed.add(Endpoint);
      }
      NextToken = page.NextToken;
      if (NextToken === undefined) break;
    }
    const { emails } = environment.watch;
    const missing = emails.filter((email) => !confirmed.has(email));
    expectThat(missing.length === 0, `${missing.join(', ')} has not confirmed; topic ${TopicArn}`);
    return emails.join(', ');
  },
};

export const alarmMails: Check = {
  name: 'alarm-mails',
  proves: 'each alarm publishes to the topic when its state changes',
  ifItFails:
    'read in the alarm’s history why its action failed; most often the policy of the topic or of the key lacks cloudwatch.amazonaws.com',
  disruptive:
    'sets each alarm to another state and back, which sends two mails per alarm to every address of `watch.emails`',
  run: async (context) => {
    const { deployed, pace } = context;
    const topic = topicOf(context);
    const names = deployed.all('aws_cloudwatch_metric_alarm').map(({ alarm_name }) => String(alarm_name));
    const alarms = await describe(context, names);
    const absent = names.filter((name) => !alarms.some(({ AlarmName }) => AlarmName === name));
    expectThat(absent.length === 0, `there is no alarm ${absent.join(', ')}`);
    const silent = alarms.filter(
      ({ ActionsEnabled, AlarmActions = [], OKActions = [] }) =>
        !ActionsEnabled || !AlarmActions.includes(topic) || !OKActions.includes(topic),
    );
    expectThat(
      silent.length === 0,
      `${silent.map(({ AlarmName }) => AlarmName).join(', ')} does not publish to the topic`,
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
  proves: 'EventBridge’s rule for failed job runs is enabled, has the topic as its target, and no delivery failed',
  ifItFails:
    'apply `watch` again; if deliveries failed, the policy of the topic must let events.amazonaws.com publish without conditions, and the key must let it encrypt',
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
  proves: 'a job run that fails reaches the topic through EventBridge',
  ifItFails:
    'compare the event pattern of the rule with the event in EventBridge → Sandbox; see `job-failure-rule` for deliveries that failed',
  disruptive: 'starts one job run that fails at once, which sends one mail to every address of `watch.emails`',
  run: async (context) => {
    const { account, names, pace } = context;
    const since = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    const Arguments = { '--keys-from': 'nothing-accept-asks-for-a-failure' };
    const { JobRunId = '' } = await account.glue.send(
      new StartJobRunCommand({ JobName: names.job, Arguments, JobRunQueuingEnabled: true }),
    );
    const { JobRunState } = await ended(context, JobRunId);
    expectThat(JobRunState === 'FAILED', `a job run with impossible arguments ended ${JobRunState}`);
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
 * Sets each alarm back to its earlier state. Continues with the others if one fails.
 *
 * @throws {SeenError} some alarms could not be restored; the message names each with its earlier state.
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

/** Names of alarms that told the topic since then, and what failed. */
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
