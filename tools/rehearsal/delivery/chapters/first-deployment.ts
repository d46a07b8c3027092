/** From empty accounts to three environments that work: what an administrator does once. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { environmentNames } from '@centflow/infra';
import { acceptDeployed } from '../../accept/accept-deployed.ts';
import { refused, succeeded } from '../expectations.ts';
import { asDelivered } from '../snapshot.ts';
import type { World } from '../world.ts';

export async function firstDeployment({ story, accounts, desk, delivery, logFolder }: World): Promise<void> {
  const main = await desk.main();
  const run = delivery.actions.startRun(main);

  await story.step('`bootstrap` makes each account’s buckets, and the roles of the workflows', async () => {
    const bootstrapping = environmentNames.map(async (environment) => {
      const runner = delivery.runner(environment);
      await runner.at(main);
      const command = `npm run infra -- bootstrap --environment ${environment} --yes`;
      succeeded(await delivery.actions.command(command, { run, runner, aws: delivery.aws(environment) }));
    });
    await Promise.all(bootstrapping);
  });
  const push = await story.step('A release is built once', async (note) => {
    const made = await delivery.push(main);
    note(`${made.version}, ${made.digest.slice(0, 12)}`);
    await Promise.all(environmentNames.map((environment) => delivery.prepare(made, environment)));
    return made;
  });
  await story.step('Nobody has reviewed it: it is not deployed', async () => {
    refused(await delivery.deploy(push, 'dev'), 7, /Commit .+ is not the merge of a pull request.+Nothing was applied/);
  });
  await story.step('An environment that does not exist is refused', async () => {
    const command = 'npm run deliver -- history --environment qa';
    const outcome = await delivery.actions.command(command, { run, runner: delivery.runner('dev') });
    refused(outcome, 3, /There is no environment "qa"/);
  });
  await story.step('It is another one than was built: it is not deployed', async () => {
    refused(await delivery.deploy({ ...push, digest: 'f'.repeat(64) }, 'dev'), 8, /digest/);
  });
  const deploying = environmentNames.map((environment) =>
    story.step(`The first deployment of ${environment} breaks the glass, and says why`, async () => {
      const command = `npm run deliver -- deploy --environment ${environment} --release release --digest ${push.digest} --break-glass "first deployment"`;
      const outcome = await delivery.actions.command(command, {
        run: push,
        runner: delivery.runner(environment),
        aws: delivery.aws(environment),
      });
      assert.match(succeeded(outcome).output, /nobody is asked: first deployment/);
    }),
  );
  await Promise.all(deploying);
  const looking = environmentNames.map((environment) =>
    story.step(`The canary of ${environment} appears, is corrected, and is gone`, async () => {
      succeeded(await delivery.canary(push, environment));
    }),
  );
  await Promise.all(looking);
  // One is enough here, and none is more like production.
  await story.step('`accept` accepts staging, but for what the emulator cannot show', (note) => {
    const release = join(delivery.runner('staging').folder, 'release');
    const environment = asDelivered('staging');
    return acceptDeployed(
      { environment, account: accounts.staging, release, logFolder: join(logFolder, 'staging') },
      note,
    );
  });
}
