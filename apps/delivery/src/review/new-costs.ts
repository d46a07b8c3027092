/** What a plan adds to the bill of every month, as far as that is known before anybody uses it. */

import { priceOfInstance, prices } from '@centflow/infra/prices';
import { HOURS_PER_MONTH } from '@centflow/infra/schedule';
import type { Plan } from '@centflow/terraform';
import { readPlan, touched, type Values } from './reviewed-plan.ts';

export interface NewCosts {
  /** USD a month more, or less, in eu-west-1's list prices. */
  readonly usd: number;
  /** What changes the bill: address and USD a month. */
  readonly of: readonly { readonly address: string; readonly usd: number }[];
  /** Created resources whose price is by use, or not known here: their types. */
  readonly byUse: readonly string[];
}

/** USD a month of one resource, by type; those that are not named cost nothing, or by use. */
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

/** Types that cost by what passes through them. */
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
 * @throws {UnreviewablePlanError} it is no whole plan.
 * @throws {PriceError} an instance class has no price.
 */
export function newCosts(plan: Plan): NewCosts {
  const resources = touched(readPlan(plan));
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

/** An alarm over a calculation is paid for each metric in it. */
function metricsIn(queries: unknown): number {
  if (!Array.isArray(queries)) return 0;
  return queries.filter((query: { metric?: unknown[] }) => (query.metric ?? []).length > 0).length;
}
