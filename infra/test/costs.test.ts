import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GLUE_VERSION } from '@centflow/glue/glue-version';
import { describe, expect, test } from 'vitest';
import { type Cost, idleCosts, total } from '../src/costs.ts';
import { connectionsAtMost, isBurstable, memoryGib, vcpusOf } from '../src/database-class.ts';
import { readEnvironment, readEnvironments } from '../src/environments.ts';
import { PageError } from '../src/generated-part.ts';
import { PriceError, priceOfInstance, priceOfJob, prices } from '../src/prices.ts';
import { renderReadme } from '../src/readme.ts';
import { renderRunbook } from '../src/runbook.ts';
import { HOURS_PER_MONTH, runsPerMonth, ScheduleError } from '../src/schedule.ts';
import { ofType, one, stackNamed, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments);
const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
const jobMetrics = [
  ...readFileSync(join(import.meta.dirname, '../../glue/centflow_glue/metrics.py'), 'utf8').matchAll(
    /^ {4}"\w+": "(Count|Seconds)",$/gm,
  ),
].length;
const usdOf = (costs: readonly Cost[], what: string) => costs.find((cost) => cost.what === what)?.usd ?? Number.NaN;

describe('idleCosts', () => {
  test('returns less than 60 USD a month for dev, and less than the budget’s warning for each environment', () => {
    expect(total(idleCosts(readEnvironment('dev')))).toBeLessThan(60);
    for (const environment of environments) {
      const [warning] = one(stackNamed(stacks, `${environment.name}-watch`), 'aws_budgets_budget').attributes
        .notification as [{ threshold: number }];
      expect(total(idleCosts(environment))).toBeLessThan(
        (environment.watch.monthlyBudgetUsd * warning.threshold) / 100,
      );
    }
  });

  test('matches the resources in the stacks of each environment', () => {
    for (const environment of environments) {
      const environmentStacks = stacks.filter(({ name }) => name.startsWith(`${environment.name}-`));
      const costs = idleCosts(environment);
      const endpoints = ofType(environmentStacks, 'aws_vpc_endpoint')
        .filter(({ attributes }) => attributes.vpc_endpoint_type === 'Interface')
        .reduce((sum, { attributes }) => sum + (attributes.subnet_ids as unknown[]).length, 0);
      expect(usdOf(costs, 'interface endpoints')).toBeCloseTo(endpoints * prices.endpoint.usd * HOURS_PER_MONTH);

      const instances = ofType(environmentStacks, 'aws_db_instance').reduce(
        (sum, { attributes }) => sum + (attributes.multi_az === true ? 2 : 1),
        0,
      );
      const instance = priceOfInstance(environment.database.instanceClass).usd * HOURS_PER_MONTH;
      expect(usdOf(costs, 'database')).toBeCloseTo(instances * instance);

      // RDS creates one more secret.
      const secrets = ofType(environmentStacks, 'aws_secretsmanager_secret').length + 1;
      const keys = ofType(environmentStacks, 'aws_kms_key').length;
      expect(usdOf(costs, 'key and secrets')).toBeCloseTo(keys * prices.key.usd + secrets * prices.secret.usd);

      const firewalls = ofType(environmentStacks, 'aws_wafv2_web_acl').map(
        ({ attributes }) => (attributes.rule as unknown[]).length,
      );
      expect(usdOf(costs, "the console's firewall")).toBe(
        firewalls.reduce((sum, rules) => sum + prices.firewall.usd + rules * prices.firewallRule.usd, 0),
      );

      const dashboards = ofType(environmentStacks, 'aws_cloudwatch_dashboard').length;
      const alarmMetrics = ofType(environmentStacks, 'aws_cloudwatch_metric_alarm').reduce((sum, { attributes }) => {
        const queries = (attributes.metric_query ?? []) as { metric?: object }[];
        return sum + Math.max(1, queries.filter(({ metric }) => metric !== undefined).length);
      }, 0);
      const watched = dashboards * prices.dashboard.usd + alarmMetrics * prices.alarmMetric.usd;
      const metrics = usdOf(costs, 'alarms, dashboard, metrics') - watched;
      const hourly = Math.min(1, runsPerMonth(environment.load.sweepSchedule) / HOURS_PER_MONTH);
      expect(metrics).toBeCloseTo(jobMetrics * prices.metric.usd * hourly);
    }
  });

  test('rejects an instance class without a price', () => {
    expect(() => priceOfInstance('db.m99g.large')).toThrow(PriceError);
    expect(() => priceOfInstance('db.m99g.large')).toThrow('Add the price to infra/src/prices.ts');
  });

  test('uses the price of the Glue version for sweeps, and the crawler’s price for crawlers', () => {
    expect(priceOfJob(GLUE_VERSION).usd).toBe(0.308);
    for (const environment of environments) {
      const { sweepSchedule, crawlerSchedule } = environment.load;
      const costs = idleCosts(environment);
      expect(usdOf(costs, 'sweeps that find nothing')).toBeCloseTo((runsPerMonth(sweepSchedule) * 2 * 0.308) / 60);
      expect(usdOf(costs, 'crawler')).toBeCloseTo((runsPerMonth(crawlerSchedule) * 0.44) / 6);
    }
  });

  test('rejects a version of Glue without a price', () => {
    expect(priceOfJob('5.1').usd).toBe(0.44);
    expect(() => priceOfJob('7.0')).toThrow(PriceError);
    expect(() => priceOfJob('7.0')).toThrow('The price of a job on Glue 7.0 is unknown');
  });

  test('uses only prices that name the month of their last check', () => {
    for (const { service, item, asOf, usd } of [...Object.values(prices), priceOfJob(GLUE_VERSION)]) {
      expect(asOf, `${service}: ${item}`).toMatch(/^20\d\d-\d\d$/);
      expect(usd).toBeGreaterThan(0);
    }
  });
});

describe('renderReadme', () => {
  test('leaves README.md unchanged (otherwise run `npm run infra -- render`)', () => {
    expect(renderReadme(readme, environments)).toBe(readme);
  });

  test('renders the new costs after an environment has changed', () => {
    const [dev, ...others] = environments;
    if (dev === undefined) throw new Error('no environment');
    const larger = { ...dev, database: { ...dev.database, instanceClass: 'db.m7g.large' } };
    expect(renderReadme(readme, [larger, ...others])).not.toBe(readme);
  });

  test('rejects a page without the cost markers', () => {
    expect(() => renderReadme('# Centflow\n', environments)).toThrow(PageError);
  });
});

describe('docs/runbook.md', () => {
  test('contains the current costs and alarms (otherwise run `npm run infra -- render`)', () => {
    expect(renderRunbook(runbook, environments)).toBe(runbook);
  });

  test('contains new tables after an environment has changed', () => {
    const [dev, ...others] = environments;
    if (dev === undefined) throw new Error('no environment');
    const larger = { ...dev, database: { ...dev.database, instanceClass: 'db.m7g.large' } };
    expect(renderRunbook(runbook, [larger, ...others])).not.toBe(runbook);
  });

  test('names only resources that exist or that its commands create', () => {
    const production = synthesised(environments).filter(({ name }) => name.startsWith('production-'));
    const text = production.map((stack) => stack.text).join('\n');
    const named = new Set([...runbook.matchAll(/centflow-production-[a-z0-9-]+/g)].map(([name]) => name));
    named.delete('centflow-production-database-old');
    expect(named.size).toBeGreaterThan(8);
    for (const name of named) expect(text.includes(`${name}"`) || text.includes(`${name}\\"`), name).toBe(true);
  });

  test('cannot be rendered without the marks of a table', () => {
    expect(() => renderRunbook('# Runbook\n', environments)).toThrow(PageError);
  });
});

describe('runsPerMonth', () => {
  test.each([
    ['cron(17 3 * * ? *)', HOURS_PER_MONTH / 24],
    ['cron(17 */6 * * ? *)', (4 * HOURS_PER_MONTH) / 24],
    ['cron(17 0/6 * * ? *)', (4 * HOURS_PER_MONTH) / 24],
    ['cron(17 * * * ? *)', HOURS_PER_MONTH],
    ['cron(0,30 8-17 ? * MON,TUE *)', (20 * 2 * HOURS_PER_MONTH) / 24 / 7],
  ])('counts the runs of %s a month', (schedule, runs) => {
    expect(runsPerMonth(schedule)).toBeCloseTo(runs);
  });

  test.each(['cron(0 3 ? * MON-FRI *)', 'cron(0 3 L * ? *)', 'cron(0 3 1 1 ? *)', 'cron(0 3 ? * 2#1 *)'])(
    'rejects the schedule %s, whose runs it cannot count',
    (schedule) => {
      expect(() => runsPerMonth(schedule)).toThrow(ScheduleError);
    },
  );
});

test('memoryGib, vcpusOf and connectionsAtMost derive from the size of the instance class', () => {
  expect(['db.t4g.micro', 'db.t4g.medium', 'db.t4g.2xlarge', 'db.m7g.large', 'db.r7g.4xlarge'].map(memoryGib)).toEqual([
    1, 4, 32, 8, 128,
  ]);
  expect(['db.t4g.micro', 'db.m7g.large', 'db.m7g.xlarge', 'db.r7g.4xlarge'].map(vcpusOf)).toEqual([2, 2, 4, 16]);
  expect(connectionsAtMost('db.t4g.micro')).toBe(85);
  expect([isBurstable('db.t4g.micro'), isBurstable('db.m7g.large')]).toEqual([true, false]);
});
