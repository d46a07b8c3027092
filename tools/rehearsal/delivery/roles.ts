/**
 * What the workflows' steps ask of AWS.
 *
 * The steps act as the account's root, which stands for GitHub's roles. `infra/test/github-calls.test.ts` evaluates the record.
 */
import { environmentNames } from '@centflow/infra';
import { compareWithRecord, recordedGithubCalls } from '../recorded-calls.ts';
import { asDelivered } from './snapshot.ts';
import type { World } from './world.ts';

/** From now on it is noted what steps call. */
export async function noteCalls({ accounts }: World): Promise<void> {
  await Promise.all(Object.values(accounts).map((account) => account.observe()));
}

/**
 * Compares what steps called since then with the record, or adds it.
 *
 * @returns how many calls there were, in one environment or another
 * @throws an Error where the record lacks a call.
 */
export async function compareCalls({ accounts, recordCalls }: World, use: 'plan' | 'apply'): Promise<number> {
  const called = environmentNames.map(async (name) => {
    const { rootCalls } = await accounts[name].observe();
    return recordedGithubCalls(rootCalls, asDelivered(name), use);
  });
  const made = [...new Set((await Promise.all(called)).flat())];
  compareWithRecord(made, recordCalls, '');
  return made.length;
}
