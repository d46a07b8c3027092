/** Computes how a plan changes the fixed monthly costs. Costs that depend on use are not included. */

import { priceOfInstance, prices } from '@centflow/infra/prices';
import { HOURS_PER_MONTH } from '@centflow/infra/schedule';
import type { Plan } from '@centflow/terraform';
import { listTouched, readPlan, type Values } from './reviewed-plan.ts';

export interface NewCosts {
  /** The total change of the costs in USD per month, at the list prices of eu-west-1. */
  readonly usd: number;
  /** The resources that change the costs. `usd` is the change by this resource in USD per month. */
  readonly of: readonly { readonly address: string; readonly usd: number }[];
  /** Types of created resources whose price depends on use. */
  readonly byUse: readonly string[];
}

/** USD per month for one resource, by type. Other types are free or paid by use. */
const monthly: Readonly<Record<string, (values: Values) => number>> = {
  aws_cloudwatch_dashboard: () => prices.dashboard.usd,
  aws_cloudwatch_metric_alarm: ({ metric_query }) => Math.max(1, metricsIn(metric_query)) * prices.alarmMetric.usd,
  aws_db_instance: ({ instance_class, multi_az, allocated_storage }) =>
    (multi_az === true ? 2 : 1) *
    (priceOfInstance(String(instance_class)).usd * HOURS_PER_MONTH +
      Number(allocated_storage ?? 0) * prices.databaseStorage.usd),
  aws_kms_key: () => prices.key.usd,
  aws_secretsmanager_secret: () => prices.secret.usd,
  aws_wafv2_web_acl: ({ rule }) =>
    prices.firewall.usd + (Array.isArray(rule) ? rule.length : 0) * prices.firewallRule.usd,
  aws_vpc_endpoint: ({ vpc_endpoint_type, subnet_ids }) =>
    vpc_endpoint_type === 'Interface'
      ? Math.max(1, Array.isArray(subnet_ids) ? subnet_ids.length : 1) * prices.endpoint.usd * HOURS_PER_MONTH
      : 0,
};

/** Types whose price depends on use. */
const paidByUse = new Set([
  'aws_apigatewayv2_api',
  'aws_cloudfront_distribution',
  'aws_cloudwatch_log_group',
  'aws_cognito_user_pool',
  'aws_glue_crawler',
  'aws_glue_job',
  'aws_lambda_function',
  'aws_s3_bucket',
  'aws_sqs_queue',
]);

/**
 * @throws {UnreviewablePlanError} the plan failed or is incomplete.
 * @throws {PriceError} an instance class has no price.
 */
export function newCosts(plan: Plan): NewCosts {
  const resources = listTouched(readPlan(plan));
  const of = resources.flatMap(({ address, type, change: { before, after } }) => {
    const price = monthly[type];
    if (price === undefined) return [];
    const usd = (after === null ? 0 : price(after)) - (before === null ? 0 : price(before));
    return usd === 0 ? [] : [{ address, usd }];
  });
  const created = resources.filter(({ change }) => change.before === null).map(({ type }) => type);
  return {
    usd: of.reduce((sum, { usd }) => sum + usd, 0),
    of,
    byUse: [...new Set(created.filter((type) => paidByUse.has(type)))].sort(),
  };
}

/** Counts the metrics of a metric-math alarm, because AWS charges for each. */
function metricsIn(queries: unknown): number {
  if (!Array.isArray(queries)) return 0;
  return queries.filter((query: { metric?: unknown[] }) => (query.metric ?? []).length > 0).length;
}
