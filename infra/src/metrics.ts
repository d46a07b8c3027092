/**
 * The CloudWatch metrics that alarms and the dashboard use, stage by stage.
 *
 * apps/trigger (src/handler.ts) and the job (glue/centflow_glue/metrics.py) emit the metrics of the namespace Centflow. A test
 * compares the names. Glue's own metrics are not used, because they need --enable-metrics and describe Spark, not uploads.
 */
import type { Environment } from './environment.ts';
import { namesOf } from './names.ts';
import { type ConsoleFunction, consoleFunctionNames } from './stacks/console/console-functions.ts';
import { FIREWALL_REGION, type FirewallRule } from './stacks/console/firewall.ts';

/** The statistic with which CloudWatch aggregates the values of a period. */
export type Statistic = 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount' | `p${number}`;

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
  /**
   * The region of the metric, if it differs from the region of the environment. The dashboard shows such a metric, but
   * alarms cannot use it.
   */
  readonly region?: string;
}

/** The Lambda functions that have alarms. */
export type FunctionName = 'trigger' | 'migrator' | 'canary' | ConsoleFunction;

export function functionsOf(environment: Pick<Environment, 'console'>): readonly FunctionName[] {
  return ['trigger', 'migrator', ...(environment.console === null ? [] : consoleFunctionNames), 'canary'];
}

/** The variable that hands the API's id from the stack `console` to the stack `watch`. API Gateway chooses the id. */
const CONSOLE_API_ID = `\${var.console_api_id}`;

/** Returns the name of the EventBridge rule that publishes the job's failures to the topic. */
export function failureRuleOf(environment: Pick<Environment, 'name' | 'accountId'>): string {
  return `${namesOf(environment).prefix}-job-failures`;
}

export function metricsOf(environment: Environment) {
  const names = namesOf(environment);
  const metric =
    (namespace: string, dimensions: Readonly<Record<string, string>>) =>
    (name: string, statistic: Statistic): Metric => ({ namespace, name, dimensions, statistic });

  const queue = metric('AWS/SQS', { QueueName: names.queue });
  const deadLetterQueue = metric('AWS/SQS', { QueueName: names.deadLetterQueue });
  const trigger = metric('Centflow', { service: 'trigger', environment: environment.name });
  const job = metric('Centflow', { service: 'load', environment: environment.name });
  const failureRule = metric('AWS/Events', { RuleName: failureRuleOf(environment) });
  return {
    queue: {
      received: queue('NumberOfMessagesSent', 'Sum'),
      waiting: queue('ApproximateNumberOfMessagesVisible', 'Maximum'),
      oldest: queue('ApproximateAgeOfOldestMessage', 'Maximum'),
      dead: deadLetterQueue('ApproximateNumberOfMessagesVisible', 'Maximum'),
    },
    lambda: (name: FunctionName) => {
      const lambda = metric('AWS/Lambda', { FunctionName: names[name] });
      return {
        errors: lambda('Errors', 'Sum'),
        throttles: lambda('Throttles', 'Sum'),
      };
    },
    trigger: {
      keys: trigger('Keys', 'Sum'),
      jobRunsStarted: trigger('JobRunsStarted', 'Sum'),
      batchesGivenBack: trigger('BatchesGivenBack', 'Sum'),
      unreadableMessages: trigger('UnreadableMessages', 'Sum'),
    },
    job: {
      secondsToVisible: job('SecondsToVisible', 'p95'),
      jobSeconds: job('JobSeconds', 'Maximum'),
      published: job('UploadsPublished', 'Sum'),
      rejected: job('UploadsRejected', 'Sum'),
      failed: job('UploadsFailed', 'Sum'),
      retired: job('UploadsRetired', 'Sum'),
      foundBySweep: job('UploadsFoundBySweep', 'Sum'),
      /** Every sweep emits the metric, even if it found nothing. */
      sweeps: job('UploadsFoundBySweep', 'SampleCount'),
      rowsRead: job('RowsRead', 'Sum'),
      rowsPublished: job('RowsPublished', 'Sum'),
      rowsDuplicate: job('RowsDuplicate', 'Sum'),
      rowsQuarantined: job('RowsQuarantined', 'Sum'),
      failures: failureRule('TriggeredRules', 'Sum'),
      failedFailureNotifications: failureRule('FailedInvocations', 'Sum'),
    },
    console: environment.console === null ? undefined : consoleMetrics(),
    database: databaseMetrics(names.databaseInstance),
  };

  function consoleMetrics() {
    const api = metric('AWS/ApiGateway', { ApiId: CONSOLE_API_ID });
    const refusedBy = (Rule: FirewallRule): Metric => ({
      ...metric('AWS/WAFV2', { WebACL: names.consoleFirewall, Rule })('BlockedRequests', 'Sum'),
      region: FIREWALL_REGION,
    });
    return {
      requests: api('Count', 'Sum'),
      refusals: api('4xx', 'Sum'),
      failures: api('5xx', 'Sum'),
      milliseconds: api('Latency', 'p95'),
      tooOften: refusedBy('rate'),
      attacks: refusedBy('common'),
    };
  }

  function databaseMetrics(instance: string) {
    const database = metric('AWS/RDS', { DBInstanceIdentifier: instance });
    return {
      cpu: database('CPUUtilization', 'Average'),
      credits: database('CPUCreditBalance', 'Average'),
      connections: database('DatabaseConnections', 'Maximum'),
      readLatency: database('ReadLatency', 'Average'),
      writeLatency: database('WriteLatency', 'Average'),
      freeStorage: database('FreeStorageSpace', 'Minimum'),
    };
  }
}
