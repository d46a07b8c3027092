/**
 * Whether the workflows' roles may do what their steps did.
 *
 * As in role-actions.ts the steps act as the account's root, and what they called is looked up in the roles' policies.
 */
import { join } from 'node:path';
import { environmentNames, readEnvironment } from '@centflow/infra';
import { notAllowed } from '../role-actions.ts';
import type { World } from './world.ts';

/** From now on it is noted what steps call. */
export async function noteActions({ accounts }: World): Promise<void> {
  await Promise.all(Object.values(accounts).map((account) => account.observe()));
}

export async function rolesMay({ accounts, delivery }: World, may: 'plan' | 'apply'): Promise<number> {
  const called = environmentNames.map(async (name) => {
    const { rootActions } = await accounts[name].observe();
    const synthesised = join(delivery.runner(name).folder, 'infra', 'cdktf.out');
    const refused = notAllowed(rootActions, synthesised, readEnvironment(name), may);
    if (refused.length > 0) throw new Error(`The policies of ${name}'s ${may} do not allow ${refused.join(', ')}`);
    return rootActions.length;
  });
  return Math.max(...(await Promise.all(called)));
}
