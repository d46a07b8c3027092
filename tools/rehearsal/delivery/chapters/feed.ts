/** A pull request that adds a feed: its new rights must be agreed to, and its CSV loads in production. */
import assert from 'node:assert/strict';
import { CloudWatchClient, SetAlarmStateCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { follow } from '@centflow/cli/flow-steps';
import { deliveryBucketOf, type EnvironmentName, environmentNames, readEnvironment } from '@centflow/infra';
import { clientConfiguration } from '@centflow/local-stack/clients';
import { queryRows } from '@centflow/local-stack/database';
import { whileLocked } from '../../held-lock.ts';
import { addExemptions, addFeed, feedCsv, proposedIn } from '../changes.ts';
import { reportOf } from '../delivery.ts';
import type { PullRequest } from '../desk.ts';
import { refused, succeeded } from '../expectations.ts';
import { promote } from '../promotion.ts';
import { flowOf, stateKeyOf, type World } from '../world.ts';

const FEED = 'savings_goals';

export async function feedIsAdded(world: World): Promise<void> {
  const { story, desk, delivery, gitHub, accounts } = world;
  const first = await story.step(
    'A pull request adds a feed: the crawler’s rights would grow, which the policy refuses',
    async () => {
      const opened = await desk.open('Add savings goals', addFeed);
      const { dev } = await delivery.plan(opened, ['dev']);
      refused(dev, 6, /widens-iam.*infra\/exemptions.json/s);
      await delivery.comment(opened);
      return opened;
    },
  );
  const comments = () => gitHub.state.commentsOf(first.number).map(({ id, body }) => ({ id, body }));
  const pullRequest = await story.step(
    'It carries the exemptions that the comment proposes; the comment is written anew',
    async () => {
      const [before] = comments();
      const forDev = proposedIn(reportOf(delivery.runner('dev'), 'dev'));
      const proposed = environmentNames.flatMap((name) =>
        forDev.map((exemption) => ({ ...exemption, stack: exemption.stack.replace('dev', name) })),
      );
      const pushed = await desk.push(first, 'Let the crawler read savings goals', (checkout) =>
        addExemptions(checkout, proposed, 'The crawler is to find the new feed.'),
      );
      const planned = await delivery.plan(pushed);
      for (const environment of environmentNames) succeeded(planned[environment]);
      await delivery.comment(pushed);
      const [after, ...others] = comments();
      assert.deepEqual([after?.id, others], [before?.id, []]);
      assert.match(after?.body ?? '', /Allowed by an exemption/);
      return pushed;
    },
  );
  const push = await story.step('It is merged, and its release is built', async (note) => {
    const made = await delivery.push(await desk.merge(pullRequest));
    note(made.version);
    return made;
  });
  // At the same time, in an environment of its own each.
  const altered = story.step('Somebody alters its reviewed plan of staging: nothing is applied there', async () => {
    await delivery.prepare(push, 'staging');
    const putBack = await alterPlan(world, 'staging', pullRequest);
    refused(await delivery.deploy(push, 'staging'), 8, /Nothing was applied/);
    await putBack();
  });
  const locked = story.step('Somebody holds the lock of a state of production: nothing is applied there', async () => {
    await delivery.prepare(push, 'production');
    const outcome = await whileLocked(accounts.production.clients.s3, stateKeyOf('production', 'store'), () =>
      delivery.deploy(push, 'production'),
    );
    refused(outcome, 5, /ann@laptop/);
  });
  await Promise.all([promote(world, push, 'dev'), altered, locked]);
  await promote(world, push, 'staging');
  await story.step('An alarm is raised in production: it does not go there without an approval', async () => {
    await setAlarm(world, 'production', 'ALARM');
    await delivery.prepare(push, 'production');
    const [assessed, deployed] = await Promise.all([delivery.assess(push), delivery.deploy(push, 'production')]);
    const { outputs, summary } = succeeded(assessed);
    assert.equal(outputs.approval, 'needed');
    assert.match(summary, /Alarms are raised in production/);
    assert.match(summary, /An exemption allows/);
    refused(deployed, 10, /Nobody has approved production-approval/);
  });
  await story.step('Bob, a reviewer, approves', async () => {
    gitHub.state.review(push.id, { environment: 'production-approval', user: 'bob', state: 'approved' });
  });
  await promote(world, push, 'production');
  await setAlarm(world, 'production', 'OK');
  await story.step('A CSV of the new feed loads in production', async () => {
    const flow = await flowOf(world, 'production');
    const objectKey = `raw/${FEED}/owner=ada/goals.csv`;
    const Body = feedCsv(desk.checkout);
    const { VersionId } = await flow.clients.s3.send(
      new PutObjectCommand({ Bucket: flow.bucket, Key: objectKey, Body }),
    );
    const [upload] = await follow(flow, { objectKey, versionId: VersionId ?? 'null' });
    assert.partialDeepStrictEqual(upload, { feed: FEED, state: 'published', rows_published: 2, rows_quarantined: 1 });
    const rows = await flow.asAdministrator((administrator) =>
      queryRows(administrator, "SELECT * FROM savings_goals JOIN uploads USING (upload_id) WHERE owner = 'ada'"),
    );
    assert.equal(rows.length, 2);
  });
}

/** @returns puts it back */
async function alterPlan(
  { accounts }: World,
  name: EnvironmentName,
  { number }: PullRequest,
): Promise<() => Promise<void>> {
  const { s3 } = accounts[name].clients;
  const place = { Bucket: deliveryBucketOf(readEnvironment(name)), Key: `plans/${name}/${number}/${name}-load.tfplan` };
  const { Body } = await s3.send(new GetObjectCommand(place));
  const plan = (await Body?.transformToByteArray()) ?? new Uint8Array();
  await s3.send(new PutObjectCommand({ ...place, Body: plan.toReversed() }));
  return async () => {
    await s3.send(new PutObjectCommand({ ...place, Body: plan }));
  };
}

/** Raises an alarm by hand, or calms it. */
async function setAlarm({ accounts }: World, name: EnvironmentName, StateValue: StateValue): Promise<void> {
  const { endpointUrl, authority, environment } = accounts[name];
  const root = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
  };
  const cloudwatch = new CloudWatchClient(clientConfiguration(endpointUrl, root, authority));
  const AlarmName = `${name}-load-uploads-failed`;
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'By hand' }));
  cloudwatch.destroy();
}
