/** Rehearses the delivery to all environments, chapter by chapter. */
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
import type { DeliveryContext } from './context.ts';
import { createContext, makeCheckouts } from './create-context.ts';

/** Each chapter continues from the state that the previous one leaves. */
const chapters: readonly ((context: DeliveryContext) => Promise<void>)[] = [
  firstDeployment,
  alarmIsAdded,
  feedIsAdded,
  databaseIsKept,
  brokenTriggerIsTakenBack,
  migrationFailsHalfWay,
];

export async function rehearseDelivery(options: Omit<RehearsalOptions, 'environment'>): Promise<void> {
  const { steps, tools, folder, logFolder, recordCalls } = options;
  await steps.run('Terraform is available', async (note) =>
    note((await findTerraform(join(folder, 'terraform'))).version),
  );
  const stopped = new AbortController();
  const making = steps.run('A Git origin is created from the work tree and checked out', () =>
    makeCheckouts({ tools, folder: join(folder, 'checkouts'), logFolder, signal: stopped.signal }),
  );
  // A failure is reported when the promise is awaited below.
  making.catch(() => undefined);
  const accounts = await steps.run('Three empty AWS accounts start, each with a MySQL server', () =>
    startAccounts({ tools, folder: join(folder, 'accounts'), logFolder }),
  );
  const gitHub = await startGitHubStandIn({ repository: readEnvironment('dev').repository.name });
  try {
    const checkouts = await making;
    const context = createContext({
      steps,
      accounts,
      gitHub,
      checkouts,
      folder: join(folder, 'steps'),
      logFolder,
      recordCalls,
    });
    for (const chapter of chapters) await chapter(context);
  } finally {
    stopped.abort();
    await Promise.all([stopAccounts(accounts), gitHub.stop()]);
  }
}
