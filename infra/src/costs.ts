/** Calculates the monthly cost of an environment without uploads, resource by resource. */
import { GLUE_VERSION } from '@centflow/glue/glue-version';
import { alarmsOf, isCalculation } from './alarms.ts';
import { vcpusOf } from './database-class.ts';
import type { Environment } from './environment.ts';
import { priceOfInstance, priceOfJob, prices } from './prices.ts';
import { HOURS_PER_MONTH, runsPerMonth } from './schedule.ts';
import { firewallRules } from './stacks/console/firewall.ts';

export interface Cost {
  readonly what: string;
  readonly usd: number;
}

/** The usage of a sweep that finds nothing: the driver and one worker. Glue bills at least one minute. */
const IDLE_SWEEP = { workers: 2, hours: 1 / 60 };
/** The billed hours of one crawl. Glue bills at least ten minutes. */
const CRAWL_HOURS = 10 / 60;
/** The number of interface endpoints: `secretsmanager` and `logs`. */
const ENDPOINTS = 2;
/** The number of secrets: one each for the migrator, the loader and the reporter, and one that RDS creates. */
const SECRETS = 4;
/** The number of metrics that the job emits at the end of each run. */
const JOB_METRICS = 11;
/** The number of polls a month. Lambda polls an idle queue with five parallel requests of 20 seconds. */
const IDLE_POLLS = (5 * HOURS_PER_MONTH * 3600) / 20;

/**
 * Returns the costs in USD a month, in the order of the runbook's table.
 *
 * @throws {PriceError} the instance class or the version of Glue has no price.
 * @throws {ScheduleError} a schedule uses a syntax that cannot be counted.
 */
export function idleCosts(environment: Environment): readonly Cost[] {
  const { database, network, load } = environment;
  const copies = database.multiAz ? 2 : 1;
  const alarmMetrics = alarmsOf(environment).flatMap(({ metric }) =>
    isCalculation(metric) ? Object.values(metric.metrics) : [metric],
  );
  const sweeps = runsPerMonth(load.sweepSchedule);
  return [
    { what: 'database', usd: copies * priceOfInstance(database.instanceClass).usd * HOURS_PER_MONTH },
    { what: 'database storage', usd: copies * database.storageGib * prices.databaseStorage.usd },
    {
      what: 'Database Insights',
      usd:
        database.insights === 'advanced'
          ? vcpusOf(database.instanceClass) * prices.databaseInsights.usd * HOURS_PER_MONTH
          : 0,
    },
    { what: 'interface endpoints', usd: ENDPOINTS * network.endpointZones * prices.endpoint.usd * HOURS_PER_MONTH },
    {
      what: 'sweeps that find nothing',
      usd: sweeps * IDLE_SWEEP.workers * IDLE_SWEEP.hours * priceOfJob(GLUE_VERSION).usd,
    },
    { what: 'crawler', usd: runsPerMonth(load.crawlerSchedule) * CRAWL_HOURS * prices.crawler.usd },
    { what: 'key and secrets', usd: prices.key.usd + SECRETS * prices.secret.usd },
    {
      what: 'alarms, dashboard, metrics',
      usd:
        alarmMetrics.length * prices.alarmMetric.usd +
        prices.dashboard.usd +
        JOB_METRICS * prices.metric.usd * Math.min(1, sweeps / HOURS_PER_MONTH),
    },
    {
      what: "the console's firewall",
      usd: environment.console === null ? 0 : prices.firewall.usd + firewallRules.length * prices.firewallRule.usd,
    },
    { what: 'polling of the queue', usd: (IDLE_POLLS / 1e6) * prices.messages.usd },
  ];
}

export function total(costs: readonly Cost[]): number {
  return costs.reduce((sum, { usd }) => sum + usd, 0);
}
