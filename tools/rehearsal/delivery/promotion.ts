/** Promotes a release to one environment: deploys the reviewed changes, then runs the canary. */
import type { EnvironmentName } from '@centflow/infra';
import type { DeliveryContext } from './context.ts';
import type { Push } from './delivery.ts';
import { assertSucceeded } from './expectations.ts';

export async function promote(
  { steps, delivery }: DeliveryContext,
  push: Push,
  environment: EnvironmentName,
): Promise<void> {
  await steps.run(`${push.version} is deployed to ${environment} as reviewed`, async (note) => {
    await delivery.prepare(push, environment);
    const { output } = assertSucceeded(await delivery.deploy(push, environment));
    note(output.match(/^\S+: applied$/gm)?.join(', ') ?? 'nothing to apply');
  });
  await steps.run(`The canary of ${push.version} passes in ${environment}`, async () => {
    assertSucceeded(await delivery.canary(push, environment));
  });
}
