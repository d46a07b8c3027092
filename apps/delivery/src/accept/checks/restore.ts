/** Restores a backup, and compares its report views with those of a database that is rebuilt from the bucket. */
import { type DBInstance, DeleteDBInstanceCommand, RestoreDBInstanceToPointInTimeCommand } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { type Check, expectThat, SeenError } from '../check.ts';
import type { AcceptContext } from '../context.ts';
import { invoke } from '../invoke.ts';
import { instanceNamed } from './database.ts';
import { startSweep, stop, succeeds } from './job.ts';

const RESTORE_SECONDS = 3600;
/** The time that a job run may wait in Glue's queue, in seconds. */
const QUEUE_SECONDS = 1800;

const created = z.object({ rebuilt: z.string(), views: z.array(z.object({ view: z.string() })).min(1) });
const compared = z.object({ views: z.array(z.object({ view: z.string(), rows: z.number(), equal: z.boolean() })) });

export const restore: Check = {
  name: 'restore',
  proves:
    'RDS can restore a second instance to the latest time with the same key and network. After a sweep, its report views equal those of a database that is rebuilt from the bucket',
  ifItFails:
    'delete the instance `<prefix>-accept-restore` if it still exists; the reason is in RDS → Events. If the administrator’s password was refused, run the check again in half an hour. If views differ because of an upload during the check, run it again. Otherwise the database does not match the bucket: run a sweep, and if views still differ, rebuild (docs/runbook.md, "Rebuild from `raw/`")',
  disruptive: null,
  option: 'restore',
  run: async (context) => {
    const { account, names, restoring } = context;
    const DBInstanceIdentifier = `${names.prefix}-accept-restore`;
    if ((await instanceNamed(account.rds, DBInstanceIdentifier)) !== undefined) {
      throw new SeenError(`the instance ${DBInstanceIdentifier} of an earlier run still exists: delete it first`);
    }
    try {
      const restored = await restoreLatest(context, DBInstanceIdentifier);
      return await compareWithBucket(context, restored.Endpoint?.Address ?? '');
    } finally {
      await restoring.until(`${DBInstanceIdentifier} is deleted`, RESTORE_SECONDS, () =>
        removeInstance(account.rds, DBInstanceIdentifier),
      );
    }
  },
};

/**
 * Restores the newest backup state to a new instance. The instance is in the source instance's network, so the migrator
 * and the job can reach it.
 */
async function restoreLatest(context: AcceptContext, DBInstanceIdentifier: string): Promise<DBInstance> {
  const { account, deployed, names, pace, say } = context;
  const state = deployed.one('aws_db_instance');
  const source = await instanceNamed(account.rds, names.databaseInstance);
  if (source === undefined) throw new SeenError(`the instance ${names.databaseInstance} does not exist`);
  // Double the storage, because a second database of the same size is created on the instance.
  const AllocatedStorage = 2 * Number(source.AllocatedStorage);
  await account.rds.send(
    new RestoreDBInstanceToPointInTimeCommand({
      SourceDBInstanceIdentifier: names.databaseInstance,
      TargetDBInstanceIdentifier: DBInstanceIdentifier,
      UseLatestRestorableTime: true,
      DBInstanceClass: String(state.instance_class),
      DBSubnetGroupName: String(state.db_subnet_group_name),
      DBParameterGroupName: String(state.parameter_group_name),
      VpcSecurityGroupIds: (state.vpc_security_group_ids as string[]) ?? [],
      MultiAZ: false,
      PubliclyAccessible: false,
      DeletionProtection: false,
      StorageType: 'gp3',
      AllocatedStorage,
    }),
  );
  say(`    ${DBInstanceIdentifier} is being restored, which takes 15 minutes or more`);
  const restored = await pace.until('the restored instance is available', RESTORE_SECONDS, async () => {
    const seen = await instanceNamed(account.rds, DBInstanceIdentifier);
    return seen?.DBInstanceStatus === 'available' ? seen : undefined;
  });
  for (const property of ['StorageEncrypted', 'KmsKeyId', 'EngineVersion'] as const) {
    expectThat(
      restored[property] === source[property],
      `${property} is ${restored[property]} on the restored instance, but ${source[property]} on the source instance`,
    );
  }
  expectThat(restored.PubliclyAccessible === false, 'the restored instance has a public address');
  return restored;
}

/**
 * Rebuilds a second database on the restored instance, and compares the report views of the two databases. The migrator
 * and the job do the work, because the instance is reachable only inside the network. They return neither secrets nor
 * rows.
 */
async function compareWithBucket(context: AcceptContext, host: string): Promise<string> {
  const { say } = context;
  const { rebuilt, views } = created.parse(await invokeMigrator(context, { host, rebuild: 'create' }));
  const sweepAndCompare = async () => {
    say('    running two sweeps: one updates the restored database, the other fills the second database');
    await sweepBoth(context, host, rebuilt);
    const found: z.infer<typeof compared>['views'] = [];
    for (const { view } of views) {
      say(`    comparing ${view}`);
      // Compare one view per invocation. A large view takes minutes, and Lambda's limit is 15 minutes.
      const answer = compared.parse(await invokeMigrator(context, { host, rebuild: 'compare', views: [view] }));
      found.push(...answer.views);
    }
    return found;
  };
  let found = await sweepAndCompare();
  // The two sweeps list the bucket at different times. A second pair of sweeps loads the uploads made in between.
  if (found.some(({ equal }) => !equal)) found = await sweepAndCompare();
  const different = found.filter(({ equal }) => !equal).map(({ view, rows }) => `${view} (${rows} rows)`);
  expectThat(different.length === 0, `these views differ from those rebuilt from the bucket: ${different.join(', ')}`);
  return `${found.length} views are equal row by row; the restored instance was deleted`;
}

/** Runs a sweep for each of the two databases on the restored instance. Leaves no job run active, even on failure. */
async function sweepBoth(context: AcceptContext, host: string, rebuilt: string): Promise<void> {
  const withinSeconds = context.environment.load.timeoutMinutes * 60 + QUEUE_SECONDS;
  const started: string[] = [];
  try {
    for (const more of [{}, { '--database-name': rebuilt }]) {
      started.push(await startSweep(context, { '--database-host': host, ...more }));
    }
    for (const id of started) await succeeds(context, id, withinSeconds);
  } finally {
    await stop(context, started);
  }
}

async function invokeMigrator(context: AcceptContext, event: object): Promise<unknown> {
  return JSON.parse(await invoke(context, context.names.migrator, event));
}

/**
 * Starts the deletion of an instance. Returns true if the instance no longer exists. RDS refuses to delete an instance
 * that it is still creating.
 */
async function removeInstance(rds: AcceptContext['account']['rds'], id: string): Promise<true | undefined> {
  const seen = await instanceNamed(rds, id);
  if (seen === undefined) return true;
  if (seen.DBInstanceStatus === 'deleting') return undefined;
  await rds
    .send(
      new DeleteDBInstanceCommand({ DBInstanceIdentifier: id, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }),
    )
    .catch((error: Error) => {
      if (error.name !== 'InvalidDBInstanceStateFault' && error.name !== 'InvalidDBInstanceState') throw error;
    });
  return undefined;
}
