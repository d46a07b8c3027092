/**
 * AWS's list prices in USD, eu-west-1, on demand, without free tiers and taxes.
 *
 * Entered by hand, and not read from AWS's price API: check them on aws.amazon.com/<service>/pricing before you rely on a
 * figure, and put the date of that in `asOf`. Glue's are in the console, which prices job runs by them.
 */
import { dpuHourUsdOf, GLUE_PRICES } from '@centflow/console/glue-price';

export interface Price {
  readonly service: string;
  /** What is paid for. */
  readonly of: string;
  readonly usd: number;
  readonly per: 'hour' | 'month' | 'GiB-month' | 'DPU-hour' | 'vCPU-hour' | 'million';
  /** Month in which the price was the list's. */
  readonly asOf: string;
}

/** There is no price for an instance class, or for a job on a version of Glue. */
export class PriceError extends Error {
  override readonly name = 'PriceError';
}

const rds = (of: string, usd: number): Price => ({ service: 'RDS for MySQL', of, usd, per: 'hour', asOf: '2025-01' });

/** One instance in one zone. */
const instances = [
  rds('db.t4g.micro', 0.017),
  rds('db.t4g.small', 0.034),
  rds('db.t4g.medium', 0.068),
  rds('db.t4g.large', 0.136),
  rds('db.t4g.xlarge', 0.272),
  rds('db.m7g.large', 0.179),
  rds('db.m7g.xlarge', 0.358),
  rds('db.m7g.2xlarge', 0.716),
  rds('db.r7g.large', 0.265),
  rds('db.r7g.xlarge', 0.53),
];

export const prices = {
  databaseStorage: { service: 'RDS for MySQL', of: 'gp3 storage', usd: 0.127, per: 'GiB-month', asOf: '2025-01' },
  databaseInsights: {
    service: 'CloudWatch',
    of: 'Database Insights, advanced',
    usd: 0.0125,
    per: 'vCPU-hour',
    asOf: '2025-01',
  },
  endpoint: { service: 'VPC', of: 'an interface endpoint in a zone', usd: 0.011, per: 'hour', asOf: '2025-01' },
  key: { service: 'KMS', of: 'a key', usd: 1, per: 'month', asOf: '2025-01' },
  secret: { service: 'Secrets Manager', of: 'a secret', usd: 0.4, per: 'month', asOf: '2025-01' },
  alarmMetric: { service: 'CloudWatch', of: 'a metric of an alarm', usd: 0.1, per: 'month', asOf: '2025-01' },
  dashboard: { service: 'CloudWatch', of: 'a dashboard', usd: 3, per: 'month', asOf: '2025-01' },
  /** By the hour in which it has values. */
  metric: { service: 'CloudWatch', of: 'a metric of our own', usd: 0.3, per: 'month', asOf: '2025-01' },
  crawler: {
    service: 'Glue',
    of: 'a crawler',
    usd: Number(GLUE_PRICES.crawlerDpuHourUsd),
    per: 'DPU-hour',
    asOf: GLUE_PRICES.asOf,
  },
  firewall: { service: 'WAF', of: 'a web ACL', usd: 5, per: 'month', asOf: '2025-01' },
  firewallRule: { service: 'WAF', of: 'a rule of a web ACL', usd: 1, per: 'month', asOf: '2025-01' },
  messages: { service: 'SQS', of: 'requests', usd: 0.4, per: 'million', asOf: '2025-01' },
} as const satisfies Record<string, Price>;

/** @throws {PriceError} the class has no price here. */
export function priceOfInstance(instanceClass: string): Price {
  const found = instances.find(({ of }) => of === instanceClass);
  if (found === undefined) {
    throw new PriceError(
      `There is no price for ${instanceClass}: look it up and add it to infra/src/prices.ts. Known: ${instances.map(({ of }) => of).join(', ')}.`,
    );
  }
  return found;
}

/**
 * What a G.1X worker of a job costs.
 *
 * @throws {PriceError} if that version of Glue has no price.
 */
export function priceOfJob(glueVersion: string): Price {
  const usd = dpuHourUsdOf({ GlueVersion: glueVersion });
  if (usd === undefined) {
    throw new PriceError(
      `There is no price for a job on Glue ${glueVersion}: look it up and add it to apps/console/api/operations/glue-price.ts. Known: ${[...GLUE_PRICES.dpuHourUsdByVersion.keys()].join(', ')}.`,
    );
  }
  const of = `a G.1X worker of a job on Glue ${glueVersion}`;
  return { service: 'Glue', of, usd: Number(usd), per: 'DPU-hour', asOf: GLUE_PRICES.asOf };
}
