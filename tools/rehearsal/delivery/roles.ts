/**
 * Records the AWS calls of the workflows' steps.
 *
 * The steps act as the account's root user, in place of GitHub's roles. `infra/test/github-calls.test.ts` evaluates the record.
 */
import { environmentNames } from '@centflow/infra';
import { compareWithRecord, recordedGithubCalls } from '../recorded-calls.ts';
import type { DeliveryContext } from './context.ts';
import { asDelivered } from './snapshot.ts';

/** Starts to record the AWS calls of steps, and discards earlier calls. */
export async function startRecordingCalls({ accounts }: DeliveryContext): Promise<void> {
  await Promise.all(Object.values(accounts).map((account) => account.observe()));
}

/**
 * Compares the calls since `startRecordingCalls` with the record, or adds the calls to the record.
 *
 * @returns the number of different calls in all environments
 * @throws Error if the record lacks a call
 */
export async function compareCalls({ accounts, recordCalls }: DeliveryContext, use: 'plan' | 'apply'): Promise<number> {
  const called = environmentNames.map(async (name) => {
    const { rootCalls } = await accounts[name].observe();
    return recordedGithubCalls(rootCalls, asDelivered(name), use);
  });
  const made = [...new Set((await Promise.all(called)).flat())];
  compareWithRecord(made, recordCalls, '');
  return made.length;
}
