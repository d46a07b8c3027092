/** Rehearses the first deployment to empty accounts, with the steps that an administrator performs once. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { environmentNames } from '@centflow/infra';
import { acceptDeployed } from '../../accept/accept-deployed.ts';
import type { DeliveryContext } from '../context.ts';
import { assertRefused, assertSucceeded } from '../expectations.ts';
import { asDelivered } from '../snapshot.ts';

export async function firstDeployment({ steps, accounts, clone, delivery, logFolder }: DeliveryContext): Promise<void> {
  const main = await clone.main();
  const run = delivery.actions.startRun(main);

  await steps.run('`bootstrap` creates each account’s buckets, and the roles of the workflows', async () => {
    const bootstrapping = environmentNames.map(async (environment) => {
      const runner = delivery.runner(environment);
      await runner.checkOut(main);
      const command = `npm run infra -- bootstrap --environment ${environment} --yes`;
      assertSucceeded(await delivery.actions.command(command, { run, runner, aws: delivery.aws(environment) }));
    });
    await Promise.all(bootstrapping);
  });
  const push = await steps.run('A release is built once for all environments', async (note) => {
    const made = await delivery.push(main);
    note(`${made.version}, ${made.digest.slice(0, 12)}`);
    await Promise.all(environmentNames.map((environment) => delivery.prepare(made, environment)));
    return made;
  });
  await steps.run('A release that nobody has reviewed is not deployed', async () => {
    assertRefused(
      await delivery.deploy(push, 'dev'),
      7,
      /Commit .+ is not the merge commit of a pull request.+Nothing was applied/,
    );
  });
  await steps.run('An environment that does not exist is refused', async () => {
    const command = 'npm run deliver -- history --environment qa';
    const outcome = await delivery.actions.command(command, { run, runner: delivery.runner('dev') });
    assertRefused(outcome, 3, /Environment "qa" does not exist/);
  });
  await steps.run('A release with another digest is not deployed', async () => {
    assertRefused(await delivery.deploy({ ...push, digest: 'f'.repeat(64) }, 'dev'), 8, /digest/);
  });
  const deploying = environmentNames.map((environment) =>
    steps.run(`${environment} is deployed for the first time with --break-glass and a reason`, async () => {
      const command = `npm run deliver -- deploy --environment ${environment} --release release --digest ${push.digest} --break-glass "first deployment"`;
      const outcome = await delivery.actions.command(command, {
        run: push,
        runner: delivery.runner(environment),
        aws: delivery.aws(environment),
      });
      assert.match(assertSucceeded(outcome).output, /comparison with the reviewed plan. Reason: first deployment/);
    }),
  );
  await Promise.all(deploying);
  const canaries = environmentNames.map((environment) =>
    steps.run(`The canary’s upload in ${environment} appears, is corrected, and is removed`, async () => {
      assertSucceeded(await delivery.canary(push, environment));
    }),
  );
  await Promise.all(canaries);
  // `accept` runs in one environment only. Staging resembles production the most.
  await steps.run('`accept` passes in staging, except for the checks that the emulator cannot prove', (note) => {
    const release = join(delivery.runner('staging').folder, 'release');
    const environment = asDelivered('staging');
    return acceptDeployed(
      { environment, account: accounts.staging, release, logFolder: join(logFolder, 'staging') },
      note,
    );
  });
}
