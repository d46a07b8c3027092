/** Checks of the database: its migrator, the passwords of its users, and its backups. */
import {
  type DBInstance,
  DBInstanceNotFoundFault,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
} from '@aws-sdk/client-rds';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { type Check, expectThat } from '../check.ts';
import type { AcceptContext } from '../context.ts';
import { invoke } from '../invoke.ts';

/** RDS backs up the transaction log every five minutes. */
const RESTORABLE_MINUTES = 30;

const migratorAnswer = z.object({
  applied: z.array(z.string()),
  unknown: z.array(z.string()),
  rotated: z.array(z.string()),
});

export const migratorIdempotent: Check = {
  name: 'migrator-idempotent',
  proves: 'the migrator reaches the database, and the database is up to date',
  ifItFails:
    'read the log of the migrator. If a migration failed, run `npm run deliver -- migrate --environment <name>` (docs/delivery.md, "When something goes wrong")',
  disruptive: 'runs the migrator, which applies any pending migration',
  run: async (context) => {
    const { applied, unknown } = await migrate(context, {});
    expectThat(
      applied.length === 0,
      `the deployment had not applied these migrations, which the check has now applied: ${applied.join(', ')}`,
    );
    expectThat(unknown.length === 0, `the database contains migrations of a newer release: ${unknown.join(', ')}`);
    return 'nothing applied';
  },
};

export const secretRotation: Check = {
  name: 'secret-rotation',
  proves: 'the passwords of `loader` and `reporter` can be rotated, and the job loads an upload with the new password',
  ifItFails:
    'invoke the migrator again with the same event: it continues where it stopped (docs/runbook.md, "Secrets: rotate")',
  disruptive:
    'gives the MySQL users `loader` and `reporter` new passwords. The old passwords stay valid until the next rotation',
  run: async (context) => {
    const { names, uploads } = context;
    const secrets = [names.loaderSecret, names.reporterSecret];
    const before = await Promise.all(secrets.map((secret) => currentVersion(context, secret)));
    const { rotated } = await migrate(context, { rotate: ['loader', 'reporter'] });
    expectThat(rotated.length === 2, `only these passwords were rotated: ${rotated.join(', ') || 'none'}`);
    const after = await Promise.all(secrets.map((secret) => currentVersion(context, secret)));
    const same = secrets.filter((_, index) => before[index] === after[index]);
    expectThat(same.length === 0, `these passwords were not changed: ${same.join(', ')}`);
    const { seconds } = await uploads.show('rotation');
    return `an upload was published after ${seconds.toFixed(0)} s`;
  },
};

export const backup: Check = {
  name: 'backup',
  proves: 'RDS has an automated backup, and can restore to a time within the last half hour',
  ifItFails:
    'open RDS → the instance → Maintenance & backups. RDS makes the first backup after it has created the instance. `database.backupDays` sets the retention',
  disruptive: null,
  run: async ({ account, environment, names }) => {
    const instance = await instanceNamed(account.rds, names.databaseInstance);
    const { BackupRetentionPeriod, LatestRestorableTime } = instance ?? {};
    const { backupDays } = environment.database;
    expectThat(
      BackupRetentionPeriod === backupDays,
      `RDS keeps backups for ${BackupRetentionPeriod} days, but the environment requires ${backupDays}`,
    );
    const { DBSnapshots = [] } = await account.rds.send(
      new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: names.databaseInstance, SnapshotType: 'automated' }),
    );
    const available = DBSnapshots.filter(({ Status }) => Status === 'available');
    expectThat(available.length > 0, 'no automated backup is available');
    const age = (Date.now() - (LatestRestorableTime?.getTime() ?? 0)) / 60_000;
    expectThat(age < RESTORABLE_MINUTES, `the latest restorable time is ${LatestRestorableTime}`);
    return `${available.length} backups, restorable to ${LatestRestorableTime?.toISOString()}`;
  },
};

/** @returns the instance, or undefined if it does not exist */
export async function instanceNamed(rds: AcceptContext['account']['rds'], id: string): Promise<DBInstance | undefined> {
  try {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
    return DBInstances[0];
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return undefined;
    throw error;
  }
}

async function currentVersion({ account }: AcceptContext, SecretId: string): Promise<string | undefined> {
  const { VersionIdsToStages = {} } = await account.secrets.send(new DescribeSecretCommand({ SecretId }));
  return Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
}

async function migrate(context: AcceptContext, event: object): Promise<z.infer<typeof migratorAnswer>> {
  return migratorAnswer.parse(JSON.parse(await invoke(context, context.names.migrator, event)));
}
