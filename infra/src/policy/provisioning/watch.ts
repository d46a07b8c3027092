import { namesOf } from '../../names.ts';
import { arns } from '../arns.ts';
import type { AreaOf } from './area.ts';
import { logs } from './logs.ts';

/** Returns the rights on alarms, dashboard, topic, event rules, the budget, and the log groups of all stacks. */
export const watch: AreaOf = (environment) => {
  const { prefix, topic } = namesOf(environment);
  const { regional, global } = arns(environment);
  const alarms = [regional('cloudwatch', `alarm:${environment.name}-*`)];
  const dashboards = [global('cloudwatch', `dashboard/${prefix}`)];
  const topics = [regional('sns', topic)];
  const rules = [regional('events', `rule/${prefix}-*`)];
  const logGroups = logs(environment);
  const budgets = [global('budgets', `budget/${prefix}`)];
  return {
    name: 'watch',
    types: [
      ...logGroups.types,
      'aws_budgets_budget',
      'aws_cloudwatch_dashboard',
      'aws_cloudwatch_event_rule',
      'aws_cloudwatch_event_target',
      'aws_cloudwatch_metric_alarm',
      'aws_sns_topic',
      'aws_sns_topic_policy',
      'aws_sns_topic_subscription',
    ],
    read: [
      ...logGroups.read,
      {
        sid: 'ReadAlarms',
        actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:ListTagsForResource'],
        resources: alarms,
      },
      { sid: 'ReadDashboard', actions: ['cloudwatch:GetDashboard'], resources: dashboards },
      {
        sid: 'ReadTopic',
        actions: ['sns:GetSubscriptionAttributes', 'sns:GetTopicAttributes', 'sns:ListTagsForResource'],
        resources: topics,
      },
      {
        sid: 'ReadRules',
        actions: ['events:DescribeRule', 'events:ListTagsForResource', 'events:ListTargetsByRule'],
        resources: rules,
      },
      { sid: 'ReadBudget', actions: ['budgets:ListTagsForResource', 'budgets:ViewBudget'], resources: budgets },
    ],
    write: [
      ...logGroups.write,
      {
        sid: 'ChangeAlarms',
        actions: [
          'cloudwatch:DeleteAlarms',
          'cloudwatch:PutMetricAlarm',
          'cloudwatch:TagResource',
          'cloudwatch:UntagResource',
        ],
        resources: alarms,
      },
      {
        sid: 'ChangeDashboard',
        actions: ['cloudwatch:DeleteDashboards', 'cloudwatch:PutDashboard'],
        resources: dashboards,
      },
      {
        sid: 'ChangeTopic',
        actions: [
          'sns:CreateTopic',
          'sns:DeleteTopic',
          'sns:SetSubscriptionAttributes',
          'sns:SetTopicAttributes',
          'sns:Subscribe',
          'sns:TagResource',
          'sns:Unsubscribe',
          'sns:UntagResource',
        ],
        resources: topics,
      },
      {
        sid: 'ChangeRules',
        actions: [
          'events:DeleteRule',
          'events:DisableRule',
          'events:EnableRule',
          'events:PutRule',
          'events:PutTargets',
          'events:RemoveTargets',
          'events:TagResource',
          'events:UntagResource',
        ],
        resources: rules,
      },
      {
        sid: 'ChangeBudget',
        actions: ['budgets:ModifyBudget', 'budgets:TagResource', 'budgets:UntagResource'],
        resources: budgets,
      },
    ],
  };
};
