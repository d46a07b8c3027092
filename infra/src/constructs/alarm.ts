import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import type { Construct } from 'constructs';
import { type Alarm, alarmName, type Calculation, isCalculation } from '../alarms.ts';
import type { Environment } from '../environment.ts';
import type { Metric } from '../metrics.ts';

/** A CloudWatch alarm that notifies the topic when it begins and when it ends. */
export class MetricAlarm extends CloudwatchMetricAlarm {
  constructor(scope: Construct, environment: Environment, alarm: Alarm, topicArn: string) {
    super(scope, `${alarm.stage}-${alarm.measure}`, {
      alarmName: alarmName(environment, alarm),
      alarmDescription: `${alarm.why} ${alarm.whatToDo}`,
      comparisonOperator: alarm.alarmWhen === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      threshold: alarm.threshold,
      evaluationPeriods: alarm.periods,
      treatMissingData: alarm.missingData.treatAs,
      alarmActions: [topicArn],
      okActions: [topicArn],
      ...(isCalculation(alarm.metric)
        ? calculationProps(alarm.metric, alarm.periodSeconds)
        : metricProps(alarm.metric, alarm.periodSeconds)),
    });
  }
}

function metricProps({ namespace, name, dimensions, statistic }: Metric, period: number) {
  const isPercentile = statistic.startsWith('p');
  return {
    namespace,
    metricName: name,
    dimensions: { ...dimensions },
    period,
    // CloudWatch must also evaluate percentiles of few values, because often only a handful of uploads arrive.
    ...(isPercentile ? { extendedStatistic: statistic, evaluateLowSampleCountPercentiles: 'evaluate' } : { statistic }),
  };
}

function calculationProps({ expression, metrics }: Calculation, period: number) {
  const queries = Object.entries(metrics).map(([id, { namespace, name, dimensions, statistic }]) => ({
    id,
    metric: { namespace, metricName: name, dimensions: { ...dimensions }, period, stat: statistic },
  }));
  return { metricQuery: [{ id: 'result', expression, label: expression, returnData: true }, ...queries] };
}
