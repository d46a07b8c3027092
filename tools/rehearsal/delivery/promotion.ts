/** A release into one environment: deployed as it was reviewed, then looked at by its canary. */
import type { EnvironmentName } from '@centflow/infra';
import type { Push } from './delivery.ts';
import { succeeded } from './expectations.ts';
import type { World } from './world.ts';

export async function promote({ story, delivery }: World, push: Push, environment: EnvironmentName): Promise<void> {
  await story.step(`${push.version} goes to ${environment} as it was reviewed`, async (note) => {
    await delivery.prepare(push, environment);
    const { output } = succeeded(await delivery.deploy(push, environment));
    note(output.match(/^\S+: applied$/gm)?.join(', ') ?? 'nothing to apply');
  });
  await story.step(`The canary of ${push.version} in ${environment} is good`, async () => {
    succeeded(await delivery.canary(push, environment));
  });
}
