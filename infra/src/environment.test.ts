import { describe, expect, test } from 'vitest';
import { checkEnvironment, type Environment, EnvironmentError } from './environment.ts';
import { environmentNames, readEnvironment, readEnvironments } from './environments.ts';

const dev = readEnvironment('dev');

/** Returns a copy of dev in which the property at `path` has another value, or is missing if the value is undefined. */
function devWith(path: string, value: unknown): unknown {
  const copy = structuredClone(dev) as unknown as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() as string;
  const parent = names.reduce((object, name) => object[name] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function refusal(path: string, value: unknown): string {
  try {
    checkEnvironment(devWith(path, value));
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    return (error as Error).message;
  }
  return 'accepted';
}

const principal = 'arn:aws:quicksight:eu-west-1:111122223333:group/default/family';

describe('readEnvironment', () => {
  test('returns dev, staging and production, in the order of promotion', () => {
    expect(environmentNames).toEqual(['dev', 'staging', 'production']);
    expect(readEnvironments().map(({ name }) => name)).toEqual(environmentNames);
  });

  test('rejects a missing or unknown name, because there is no default', () => {
    expect(() => readEnvironment(undefined)).toThrow(
      new EnvironmentError('No environment was named. Name one of: dev, staging, production.'),
    );
    for (const name of ['prod', 'Production', '', 'toString']) {
      expect(() => readEnvironment(name)).toThrow(
        /Environment .* does not exist\. Name one of: dev, staging, production\./,
      );
    }
  });
});

describe('checkEnvironment', () => {
  test.each([
    ['name', 'my_env', 'up to 20 lower-case letters and digits'],
    ['accountId', '12345', 'is "12345"; it must be an AWS account id: twelve digits, in quotes'],
    ['accountId', 111122223333, 'is 111122223333; it must be an AWS account id'],
    ['region', 'ireland', 'such as eu-west-1'],
    ['network.cidr', '8.8.0.0/16', 'a private IPv4 block from /16 to /20'],
    ['network.cidr', '10.40.0.0/24', 'from /16 to /20'],
    ['network.cidr', '10.40.3.0/16', 'written with its network address'],
    ['network.cidr', '10.40/16', 'such as 10.40.0.0/16'],
    ['network.availabilityZones', ['eu-west-1a'], 'two to six zones of the region'],
    ['network.availabilityZones', ['eu-west-1a', 'us-east-1a'], 'a zone of eu-west-1, such as eu-west-1a'],
    ['network.availabilityZones', ['eu-west-1a', 'eu-west-1a'], 'a list of different zones'],
    ['network.endpointZones', 3, '1 to 2'],
    ['logRetentionDays', 10, 'a number of days that CloudWatch Logs supports: 1, 3, 5, 7, 14'],
    ['database.instanceClass', 'db.m5.large', 'a Graviton class'],
    ['database.backupDays', 0, 'a whole number from 1 to 35'],
    ['database.maxStorageGib', 10, 'from 20 to 65536'],
    ['database.insights', 'none', 'standard or advanced'],
    ['load.sweepSchedule', 'every day', 'an AWS cron expression'],
    ['load.maxWorkers', 1, 'a whole number from 2 to 50'],
    ['repository', 'centflow/centflow', 'an object with name, ownerId and id'],
    ['repository.name', 'centflow', 'OWNER/NAME'],
    ['repository.name', 'centflow@123456/centflow@456789', 'OWNER/NAME'],
    ['repository.ownerId', '123456', "`gh api repos/OWNER/NAME --jq '.owner.id,.id'` prints"],
    ['repository.id', 0, "`gh api repos/OWNER/NAME --jq '.owner.id,.id'` prints"],
    ['githubOidcProvider', true, 'create or existing'],
    ['console.domain', { name: 'https://console.example.com', certificateArn: '' }, 'such as console.example.com'],
    [
      'console.domain',
      { name: 'c.example.com', certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1' },
      'us-east-1',
    ],
    ['console.signUp', 'anybody', 'invited or open'],
    ['console.requestsPerAddress', 10, 'a whole number from 100 to 20000000'],
    ['console.auditRetentionDays', 8, 'a number of days that CloudWatch Logs supports'],
    ['report', { currency: 'EUR', readers: [] }, 'one reader or more'],
    [
      'report',
      { currency: 'EUR', readers: [{ principal: 'ada', owners: 'all' }] },
      'the ARN of a QuickSight user or group',
    ],
    ['report', { currency: 'EUR', readers: [{ principal, owners: ["o'neill"] }] }, 'without quotes and backslashes'],
    ['report', { currency: 'EUR', readers: [{ principal, owners: 'everybody' }] }, "'all', or one owner or more"],
    ['report', { currency: 'euro', readers: [{ principal, owners: 'all' }] }, 'an ISO 4217 code, such as EUR'],
    ['watch.emails', ['nobody'], 'an e-mail address'],
    ['watch.quarantineShare', 20, 'above 0 and at most 1'],
  ])('rejects %s with the value %j and names the allowed values', (path, value, allowed) => {
    const message = refusal(path, value);
    expect(message).toContain('is not valid. Correct these properties in infra/src/environments.ts:');
    expect(message).toContain(`  ${path}`);
    expect(message).toContain(allowed);
  });

  const otherReader = { principal: principal.replace('111122223333', '999999999999'), owners: 'all' };
  const otherCertificate = 'arn:aws:acm:us-east-1:999999999999:certificate/00000000-0000-4000-8000-000000000000';
  test.each([
    ['database.insights', 'advanced', 'database.insights', 'does not support Database Insights'],
    ['database.maxStorageGib', 21, 'database.maxStorageGib', 'for a fixed size, or at least 22'],
    ['load.sweepSchedule', 'cron(0 3 * * * *)', 'load.sweepSchedule', '? for the day of the month'],
    ['load.crawlerSchedule', 'cron(0 3 ? * ? *)', 'load.crawlerSchedule', '? for the day of the month'],
    ['report', { currency: 'EUR', readers: [otherReader] }, 'report.readers.0.principal', 'of account 111122223333'],
    [
      'console.domain',
      { name: 'console.example.com', certificateArn: otherCertificate },
      'console.domain.certificateArn',
      'of account 111122223333',
    ],
  ])('rejects %s with the value %j and links the documentation of the AWS service', (path, value, named, allowed) => {
    const message = refusal(path, value);
    expect(message).toContain(`  ${named} is `);
    expect(message).toContain(allowed);
    expect(message).toMatch(/\(https:\/\/docs\.aws\.amazon\.com\/\S+\)/);
  });

  test('rejects zones of another region', () => {
    expect(refusal('region', 'eu-central-1')).toContain(
      'network.availabilityZones.1 is "eu-west-1b"; it must be a zone of eu-central-1, such as eu-central-1a',
    );
  });

  test('rejects an environment that lacks a property', () => {
    const paths = (object: object, prefix = ''): string[] =>
      Object.entries(object).flatMap(([name, value]) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? [`${prefix}${name}`, ...paths(value as object, `${prefix}${name}.`)]
          : [`${prefix}${name}`],
      );
    const all = paths(dev);
    expect(all.length).toBeGreaterThan(30);
    for (const path of all) expect(refusal(path, undefined), path).toContain(`  ${path} is missing; it must be `);
  });

  test('rejects an unknown property', () => {
    expect(refusal('database.sise', 'big')).toContain('database.sise is not a property of an environment; remove it');
  });

  test('reports all faults at once', () => {
    const twice = { ...(devWith('accountId', '1') as Environment), region: 'x' };
    expect(() => checkEnvironment(twice)).toThrow(/accountId[\s\S]*region/);
  });

  test('rejects a production environment that does not protect its data', () => {
    expect(() => checkEnvironment({ ...readEnvironment('production'), protectData: false })).toThrow(
      /production must keep its data/,
    );
  });
});
