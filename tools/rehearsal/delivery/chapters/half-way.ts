/**
 * Somebody changes dev by hand while a pull request is reviewed. Then the migration of the pull request fails half-way.
 * Both problems are fixed.
 */
import assert from 'node:assert/strict';
import { GetQueueUrlCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { follow, put } from '@centflow/cli/flow-steps';
import { fixTriggerAndLimitAmounts, MAX_AMOUNT } from '../changes.ts';
import { type DeliveryContext, flowOf, stateOf } from '../context.ts';
import { assertRefused, assertSucceeded } from '../expectations.ts';

const KEY = 'raw/expenses/owner=ann/yacht.csv';
const yacht = (amount: number) => `2025-01-02,Shipyard,Boats,Card,${amount}.00,EUR,`;

export async function migrationFailsHalfWay(context: DeliveryContext): Promise<void> {
  const { steps, clone, delivery, gitHub } = context;
  const flow = await flowOf(context, 'dev');
  const upload = async (row: string) => {
    const [found] = await follow(flow, await put(flow, KEY, row));
    assert.equal(found?.state, 'published', found?.reason ?? undefined);
  };
  const setQueue = async (Attributes: Record<string, string>) => {
    const { QueueUrl } = await flow.clients.sqs.send(new GetQueueUrlCommand({ QueueName: flow.queue }));
    await flow.clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  };
  const issues = () => gitHub.state.issues.filter(({ labels }) => labels.includes('drift-dev'));

  const pullRequest = await steps.run(
    'A pull request fixes the trigger and limits amounts, but dev has a row beyond the limit',
    async () => {
      await upload(yacht(2 * MAX_AMOUNT));
      const opened = await clone.open('Limit amounts to one million', fixTriggerAndLimitAmounts);
      assertSucceeded((await delivery.plan(opened, ['dev'])).dev);
      return opened;
    },
  );
  await steps.run('The drift check opens an issue after somebody has changed dev by hand', async () => {
    await setQueue({ DelaySeconds: '1' });
    assertRefused(await delivery.drift('dev', await clone.main()), 13, /dev differs from v\d+ in dev-load/);
    assert.deepEqual(
      issues().map(({ state }) => state),
      ['open'],
    );
  });
  const push = await steps.run('Nothing is applied, because the reviewed plan no longer matches', async () => {
    const made = await delivery.push(await clone.merge(pullRequest));
    await delivery.prepare(made, 'dev');
    const before = await stateOf(context, 'dev', 'load');
    assertRefused(
      await delivery.deploy(made, 'dev'),
      9,
      /The plan of dev-load differs from the reviewed plan.*aws_sqs_queue/s,
    );
    assert.equal((await stateOf(context, 'dev', 'load')).serial, before.serial);
    return made;
  });
  await steps.run('The drift check updates the same issue after another change of dev', async () => {
    const [before] = issues().map(({ body }) => body);
    await setQueue({ DelaySeconds: '2' });
    assertRefused(await delivery.drift('dev', push.sha), 13, /dev differs/);
    const [issue, ...others] = issues();
    assert.deepEqual([issue?.state, others], ['open', []]);
    assert.notEqual(issue?.body, before);
  });
  await steps.run('The drift check closes the issue after the change is reverted', async () => {
    await setQueue({ DelaySeconds: '0' });
    assertSucceeded(await delivery.drift('dev', push.sha));
    assert.deepEqual(
      issues().map(({ state }) => state),
      ['closed'],
    );
  });
  await steps.run('The migration fails at its second statement, and the deployment stops there', async () => {
    assertRefused(await delivery.deploy(push, 'dev'), 11, /expenses_amount_believable/);
  });
  await steps.run('Ann corrects her upload, which the previous trigger and job still load', () => upload(yacht(2000)));
  await steps.run('`migrate` continues with the statement that failed', async () => {
    const command = 'npm run deliver -- migrate --environment dev';
    const outcome = await delivery.actions.command(command, {
      run: push,
      runner: delivery.runner('dev'),
      aws: delivery.aws('dev'),
    });
    assert.match(assertSucceeded(outcome).output, /Applied \d+_amounts\/2/);
  });
  await steps.run('A second deployment completes the rest, and the canary passes', async () => {
    assertSucceeded(await delivery.deploy(push, 'dev'));
    assertSucceeded(await delivery.canary(push, 'dev'));
  });
}
