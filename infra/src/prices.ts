/**
 * AWS's list prices on demand in eu-west-1, in USD, without free tiers and taxes.
 *
 * The prices are entered by hand and not read from AWS's price API. Before you rely on a figure, check it on
 * aws.amazon.com/<service>/pricing, and put the date of the check in `asOf`. Glue's prices are in the console, which also shows
 * the cost of job runs.
 */
import { dpuHourUsdOf, GLUE_PRICES } from '@centflow/console/glue-price';

export interface Price {
  readonly service: string;
  /** The billed resource. */
  readonly item: string;
  readonly usd: number;
  readonly per: 'hour' | 'month' | 'GiB-month' | 'DPU-hour' | 'vCPU-hour' | 'million';
  /** The month in which the list price was checked. */
  readonly asOf: string;
}

/** Reports that the price of an instance class or of a version of Glue is unknown. */
export class PriceError extends Error {
  override readonly name = 'PriceError';
}

const rds = (item: string, usd: number): Price => ({
  service: 'RDS for MySQL',
  item,
  usd,
  per: 'hour',
  asOf: '2025-01',
});

/** The prices of one instance in one zone. */
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
  databaseStorage: { service: 'RDS for MySQL', item: 'gp3 storage', usd: 0.127, per: 'GiB-month', asOf: '2025-01' },
  databaseInsights: {
    service: 'CloudWatch',
    item: 'Database Insights, advanced',
    usd: 0.0125,
    per: 'vCPU-hour',
    asOf: '2025-01',
  },
  endpoint: { service: 'VPC', item: 'an interface endpoint in a zone', usd: 0.011, per: 'hour', asOf: '2025-01' },
  key: { service: 'KMS', item: 'a key', usd: 1, per: 'month', asOf: '2025-01' },
  secret: { service: 'Secrets Manager', item: 'a secret', usd: 0.4, per: 'month', asOf: '2025-01' },
  alarmMetric: { service: 'CloudWatch', item: 'a metric of an alarm', usd: 0.1, per: 'month', asOf: '2025-01' },
  dashboard: { service: 'CloudWatch', item: 'a dashboard', usd: 3, per: 'month', asOf: '2025-01' },
  /** AWS bills each hour in which the metric receives values. */
  metric: { service: 'CloudWatch', item: 'a custom metric', usd: 0.3, per: 'month', asOf: '2025-01' },
  crawler: {
    service: 'Glue',
    item: 'a crawler',
    usd: Number(GLUE_PRICES.crawlerDpuHourUsd),
    per: 'DPU-hour',
    asOf: GLUE_PRICES.asOf,
  },
  firewall: { service: 'WAF', item: 'a web ACL', usd: 5, per: 'month', asOf: '2025-01' },
  firewallRule: { service: 'WAF', item: 'a rule of a web ACL', usd: 1, per: 'month', asOf: '2025-01' },
  messages: { service: 'SQS', item: 'requests', usd: 0.4, per: 'million', asOf: '2025-01' },
} as const satisfies Record<string, Price>;

/**
 * Returns the price of an instance class.
 *
 * @throws {PriceError} the class has no price here.
 */
export function priceOfInstance(instanceClass: string): Price {
  const found = instances.find(({ item }) => item === instanceClass);
  if (found === undefined) {
    throw new PriceError(
      `The price of ${instanceClass} is unknown. Add the price to infra/src/prices.ts. Known: ${instances.map(({ item }) => item).join(', ')}.`,
    );
  }
  return found;
}

/**
 * Returns the price of a G.1X worker of a job.
 *
 * @throws {PriceError} the version of Glue has no price.
 */
export function priceOfJob(glueVersion: string): Price {
  const usd = dpuHourUsdOf({ GlueVersion: glueVersion });
  if (usd === undefined) {
    throw new PriceError(
      `The price of a job on Glue ${glueVersion} is unknown. Add the price to apps/console/api/operations/glue-price.ts. Known: ${[...GLUE_PRICES.dpuHourUsdByVersion.keys()].join(', ')}.`,
    );
  }
  const item = `a G.1X worker of a job on Glue ${glueVersion}`;
  return { service: 'Glue', item, usd: Number(usd), per: 'DPU-hour', asOf: GLUE_PRICES.asOf };
}
