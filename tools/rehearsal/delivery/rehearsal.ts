/** The story of the delivery: what is done, in its order. */
import { join } from 'node:path';
import { startGitHubStandIn } from '@centflow/delivery/github-stand-in';
import { readEnvironment } from '@centflow/infra';
import { findTerraform } from '@centflow/terraform';
import type { RehearsalOptions } from '../rehearsal.ts';
import { startAccounts, stopAccounts } from './accounts.ts';
import { alarmIsAdded } from './chapters/alarm.ts';
import { brokenTriggerIsTakenBack } from './chapters/broken-trigger.ts';
import { databaseIsKept } from './chapters/database.ts';
import { feedIsAdded } from './chapters/feed.ts';
import { firstDeployment } from './chapters/first-deployment.ts';
import { migrationFailsHalfWay } from './chapters/half-way.ts';
import { makeCheckouts, openWorld } from './open-world.ts';
import type { World } from './world.ts';

/** Each begins where the one before it ends. */
const chapters: readonly ((world: World) => Promise<void>)[] = [
  firstDeployment,
  alarmIsAdded,
  feedIsAdded,
  databaseIsKept,
  brokenTriggerIsTakenBack,
  migrationFailsHalfWay,
];

export async function rehearseDelivery(options: Omit<RehearsalOptions, 'environment'>): Promise<void> {
  const { story, tools, folder, logFolder, recordCalls } = options;
  await story.step('Terraform is at hand', async (note) =>
    note((await findTerraform(join(folder, 'terraform'))).version),
  );
  const stopped = new AbortController();
  const making = story.step('An origin with the work tree, and checkouts of it', () =>
    makeCheckouts({ tools, folder: join(folder, 'checkouts'), logFolder, signal: stopped.signal }),
  );
  // It is waited for below.
  making.catch(() => undefined);
  const accounts = await story.step('Three empty AWS accounts, each with its MySQL', () =>
    startAccounts({ tools, folder: join(folder, 'accounts'), logFolder }),
  );
  const gitHub = await startGitHubStandIn({ repository: readEnvironment('dev').repository.name });
  try {
    const checkouts = await making;
    const world = openWorld({
      story,
      accounts,
      gitHub,
      checkouts,
      folder: join(folder, 'steps'),
      logFolder,
      recordCalls,
    });
    for (const chapter of chapters) await chapter(world);
  } finally {
    stopped.abort();
    await Promise.all([stopAccounts(accounts), gitHub.stop()]);
  }
}
