/** Somebody changes dev by hand while a pull request is reviewed; then its migration fails half-way. Both are put right. */
import assert from 'node:assert/strict';
import { GetQueueUrlCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { follow, put } from '@centflow/cli/flow-steps';
import { BELIEVABLE, mendTriggerAndLimitAmounts } from '../changes.ts';
import { refused, succeeded } from '../expectations.ts';
import { flowOf, stateOf, type World } from '../world.ts';

const KEY = 'raw/expenses/owner=ann/yacht.csv';
const yacht = (amount: number) => `2025-01-02,Shipyard,Boats,Card,${amount}.00,EUR,`;

export async function migrationFailsHalfWay(world: World): Promise<void> {
  const { story, desk, delivery, gitHub } = world;
  const flow = await flowOf(world, 'dev');
  const upload = async (row: string) => {
    const [found] = await follow(flow, await put(flow, KEY, row));
    assert.equal(found?.state, 'published', found?.reason ?? undefined);
  };
  const setQueue = async (Attributes: Record<string, string>) => {
    const { QueueUrl } = await flow.clients.sqs.send(new GetQueueUrlCommand({ QueueName: flow.queue }));
    await flow.clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  };
  const issues = () => gitHub.state.issues.filter(({ labels }) => labels.includes('drift-dev'));

  const pullRequest = await story.step(
    'A pull request mends the trigger, and limits amounts: dev has one beyond the limit',
    async () => {
      await upload(yacht(2 * BELIEVABLE));
      const opened = await desk.open('Believe no amount above a million', mendTriggerAndLimitAmounts);
      succeeded((await delivery.plan(opened, ['dev'])).dev);
      return opened;
    },
  );
  await story.step('Somebody changes dev by hand: it is found, and an issue says so', async () => {
    await setQueue({ DelaySeconds: '1' });
    refused(await delivery.drift('dev', await desk.main()), 13, /dev differs from v\d+ in dev-load/);
    assert.deepEqual(
      issues().map(({ state }) => state),
      ['open'],
    );
  });
  const push = await story.step('The reviewed plan does not fit any more: nothing is applied', async () => {
    const made = await delivery.push(await desk.merge(pullRequest));
    await delivery.prepare(made, 'dev');
    const before = await stateOf(world, 'dev', 'load');
    refused(
      await delivery.deploy(made, 'dev'),
      9,
      /The plan of dev-load differs from the reviewed plan.*aws_sqs_queue/s,
    );
    assert.equal((await stateOf(world, 'dev', 'load')).serial, before.serial);
    return made;
  });
  await story.step('It is changed once more: the same issue says that', async () => {
    const [before] = issues().map(({ body }) => body);
    await setQueue({ DelaySeconds: '2' });
    refused(await delivery.drift('dev', push.sha), 13, /dev differs/);
    const [issue, ...others] = issues();
    assert.deepEqual([issue?.state, others], ['open', []]);
    assert.notEqual(issue?.body, before);
  });
  await story.step('It is put back: the issue is closed', async () => {
    await setQueue({ DelaySeconds: '0' });
    succeeded(await delivery.drift('dev', push.sha));
    assert.deepEqual(
      issues().map(({ state }) => state),
      ['closed'],
    );
  });
  await story.step('The migration fails at its second statement: the deployment stops there', async () => {
    refused(await delivery.deploy(push, 'dev'), 11, /expenses_amount_believable/);
  });
  await story.step('Trigger and job of the release before go on: Ann corrects her upload', () => upload(yacht(2000)));
  await story.step('`migrate` goes on with the statement that failed', async () => {
    const command = 'npm run deliver -- migrate --environment dev';
    const outcome = await delivery.actions.command(command, {
      run: push,
      runner: delivery.runner('dev'),
      aws: delivery.aws('dev'),
    });
    assert.match(succeeded(outcome).output, /Applied \d+_amounts\/2/);
  });
  await story.step('The deployment, run again, does the rest, and the canary is good', async () => {
    succeeded(await delivery.deploy(push, 'dev'));
    succeeded(await delivery.canary(push, 'dev'));
  });
}
