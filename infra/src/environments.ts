/**
 * The environments: one block each. environment.ts documents what each property means, its limits and its cost.
 *
 * To deploy your own environments, enter your account ids, region, repository, e-mail addresses and QuickSight readers here. The
 * account ids below are from AWS's examples. Nobody has credentials for them, and Terraform refuses all other accounts. The ids of
 * the repository are from GitHub's examples. `npm run deliver -- check-github` compares them with the ids that GitHub reports.
 */
import { checkEnvironment, type Environment, EnvironmentError } from './environment.ts';

/** Every environment, by its name. A release is deployed to them in this order. */
const environments = {
  /**
   * A cheap environment for experiments. `destroy` deletes everything except RDS's own log group `RDSOSMetrics`. AWS deletes the key
   * seven days later.
   */
  dev: {
    accountId: '111122223333',
    region: 'eu-west-1',
    githubOidcProvider: 'create',
    repository: { name: 'centflow/centflow', ownerId: 123456, id: 456789 },
    network: {
      cidr: '10.40.0.0/16',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      endpointZones: 1,
    },
    uploads: { keepOldVersionsDays: 7 },
    database: {
      instanceClass: 'db.t4g.micro',
      multiAz: false,
      storageGib: 20,
      maxStorageGib: 50,
      backupDays: 1,
      insights: 'standard',
    },
    protectData: false,
    load: {
      maxWorkers: 2,
      maxConcurrentRuns: 2,
      paused: false,
      timeoutMinutes: 60,
      sweepSchedule: 'cron(17 3 * * ? *)',
      crawlerSchedule: 'cron(47 3 ? * SUN *)',
    },
    logRetentionDays: 7,
    report: null,
    console: {
      domain: null,
      signUp: 'invited',
      requestsPerAddress: 2000,
      requestsPerSecond: 20,
      auditRetentionDays: 7,
    },
    watch: {
      emails: ['centflow-dev@example.com'],
      monthlyBudgetUsd: 80,
      secondsToVisible: 600,
      quarantineShare: 0.5,
      hoursWithoutSweep: 26,
    },
  },

  /** A smaller copy of production. A release is tested here before it is promoted. */
  staging: {
    accountId: '444455556666',
    region: 'eu-west-1',
    githubOidcProvider: 'create',
    repository: { name: 'centflow/centflow', ownerId: 123456, id: 456789 },
    network: {
      cidr: '10.41.0.0/16',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      endpointZones: 1,
    },
    uploads: { keepOldVersionsDays: 30 },
    database: {
      instanceClass: 'db.t4g.medium',
      multiAz: false,
      storageGib: 20,
      maxStorageGib: 100,
      backupDays: 7,
      insights: 'standard',
    },
    protectData: true,
    load: {
      maxWorkers: 5,
      maxConcurrentRuns: 2,
      paused: false,
      timeoutMinutes: 120,
      sweepSchedule: 'cron(17 */6 * * ? *)',
      crawlerSchedule: 'cron(47 3 ? * SUN *)',
    },
    logRetentionDays: 30,
    report: {
      currency: 'EUR',
      readers: [{ principal: 'arn:aws:quicksight:eu-west-1:444455556666:group/default/centflow', owners: 'all' }],
    },
    console: {
      domain: null,
      signUp: 'invited',
      requestsPerAddress: 2000,
      requestsPerSecond: 50,
      auditRetentionDays: 30,
    },
    watch: {
      emails: ['centflow-staging@example.com'],
      monthlyBudgetUsd: 200,
      secondsToVisible: 600,
      quarantineShare: 0.5,
      hoursWithoutSweep: 8,
    },
  },

  /** The environment with the data of real people. */
  production: {
    accountId: '777788889999',
    region: 'eu-west-1',
    githubOidcProvider: 'create',
    repository: { name: 'centflow/centflow', ownerId: 123456, id: 456789 },
    network: {
      cidr: '10.42.0.0/16',
      availabilityZones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
      endpointZones: 2,
    },
    uploads: { keepOldVersionsDays: 365 },
    database: {
      instanceClass: 'db.m7g.large',
      multiAz: true,
      storageGib: 100,
      maxStorageGib: 1000,
      backupDays: 35,
      insights: 'advanced',
    },
    protectData: true,
    load: {
      maxWorkers: 10,
      maxConcurrentRuns: 5,
      paused: false,
      timeoutMinutes: 240,
      sweepSchedule: 'cron(17 * * * ? *)',
      crawlerSchedule: 'cron(47 3 * * ? *)',
    },
    logRetentionDays: 365,
    report: {
      currency: 'EUR',
      readers: [{ principal: 'arn:aws:quicksight:eu-west-1:777788889999:group/default/centflow', owners: 'all' }],
    },
    console: {
      domain: null,
      signUp: 'invited',
      requestsPerAddress: 2000,
      requestsPerSecond: 200,
      auditRetentionDays: 1827,
    },
    watch: {
      emails: ['centflow-alarms@example.com'],
      monthlyBudgetUsd: 1000,
      secondsToVisible: 300,
      quarantineShare: 0.2,
      hoursWithoutSweep: 3,
    },
  },
} satisfies Record<string, Omit<Environment, 'name'>>;

export type EnvironmentName = keyof typeof environments;

/** The names of the environments, in the order in which a release is promoted. */
export const environmentNames = Object.keys(environments) as readonly EnvironmentName[];

/** An environment that is defined in this file. Other packages use only these environments. */
export type NamedEnvironment = Environment & { readonly name: EnvironmentName };

/**
 * Returns the environment with a name.
 *
 * @throws {EnvironmentError} no environment has that name, or one of its properties is not valid.
 */
export function readEnvironment(name: string | undefined): NamedEnvironment {
  const known = environmentNames.find((candidate) => candidate === name);
  if (known === undefined) {
    const given =
      name === undefined ? 'No environment was named' : `Environment ${JSON.stringify(name)} does not exist`;
    throw new EnvironmentError(`${given}. Name one of: ${environmentNames.join(', ')}.`);
  }
  return { ...checkEnvironment({ name: known, ...environments[known] }), name: known };
}

/**
 * Returns all environments, in the order in which a release is promoted.
 *
 * @throws {EnvironmentError} a property of one of them is not valid.
 */
export function readEnvironments(): NamedEnvironment[] {
  return environmentNames.map(readEnvironment);
}
