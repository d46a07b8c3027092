import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { Construct } from 'constructs';
import { type Alarm, alarmName, isCalculation } from '../alarms.ts';
import type { Environment } from '../environment.ts';
import type { Metric } from '../metrics.ts';

/** A CloudWatch alarm that tells the topic when it begins and when it is over. */
export class MetricAlarm extends CloudwatchMetricAlarm {
  constructor(scope: Construct, environment: Environment, alarm: Alarm, topicArn: string) {
    super(scope, `${alarm.stage}-${alarm.measure}`, {
      alarmName: alarmName(environment, alarm),
      alarmDescription: `${alarm.why} ${alarm.whatToDo}`,
      comparisonOperator: alarm.bad === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      threshold: alarm.threshold,
      evaluationPeriods: alarm.periods,
      treatMissingData: alarm.noData.as,
      alarmActions: [topicArn],
      okActions: [topicArn],
      ...(isCalculation(alarm.of)
        ? calculated(alarm.of, alarm.periodSeconds)
        : measured(alarm.of, alarm.periodSeconds)),
    });
  }
}

function measured({ namespace, name, dimensions, statistic }: Metric, period: number) {
  const isPercentile = statistic.startsWith('p');
  return {
    namespace,
    metricName: name,
    dimensions: { ...dimensions },
    period,
    // A percentile of few values counts like any other: most of the time a handful of uploads is all there is.
    ...(isPercentile ? { extendedStatistic: statistic, evaluateLowSampleCountPercentiles: 'evaluate' } : { statistic }),
  };
}

function calculated({ expression, over }: Extract<Alarm['of'], { expression: string }>, period: number) {
  const metrics = Object.entries(over).map(([id, { namespace, name, dimensions, statistic }]) => ({
    id,
    metric: { namespace, metricName: name, dimensions: { ...dimensions }, period, stat: statistic },
  }));
  return { metricQuery: [{ id: 'result', expression, label: expression, returnData: true }, ...metrics] };
}
