/** What an environment costs a month while nobody uploads: the sum of what it is made of. */
import { alarmsOf, isCalculation } from './alarms.ts';
import { vcpusOf } from './database-class.ts';
import type { Environment } from './environment.ts';
import { GLUE_VERSION } from './glue-version.ts';
import { priceOfInstance, priceOfJob, prices } from './prices.ts';
import { HOURS_PER_MONTH, runsPerMonth } from './schedule.ts';
import { firewallRules } from './stacks/console/firewall.ts';

export interface Cost {
  readonly what: string;
  readonly usd: number;
}

/** A run of the sweep that finds nothing: the driver and one worker, billed for a minute at least. */
const IDLE_SWEEP = { workers: 2, hours: 1 / 60 };
/** A crawler is billed for ten minutes at least. */
const CRAWL_HOURS = 10 / 60;
/** `secretsmanager` and `logs`. */
const ENDPOINTS = 2;
/** Of the migrator, the loader and the reporter, and RDS's own. */
const SECRETS = 4;
/** Metrics that the job tells at the end of each run. */
const JOB_METRICS = 11;
/** Lambda asks an idle queue five at a time, each for 20 seconds. */
const IDLE_REQUESTS = (5 * HOURS_PER_MONTH * 3600) / 20;
/**
 * USD a month, in the order of the bill.
 *
 * @throws {PriceError} if the instance class or the version of Glue has no price.
 * @throws {ScheduleError} a schedule is more than can be counted.
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
    { what: 'its storage', usd: copies * database.storageGib * prices.databaseStorage.usd },
    {
      what: 'its insights',
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
    { what: 'asking the queue', usd: (IDLE_REQUESTS / 1e6) * prices.messages.usd },
  ];
}

export function total(costs: readonly Cost[]): number {
  return costs.reduce((sum, { usd }) => sum + usd, 0);
}
