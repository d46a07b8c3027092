/** A pull request adds a feed. The additional IAM rights need exemptions, and a CSV of the feed loads in production. */
import assert from 'node:assert/strict';
import { CloudWatchClient, SetAlarmStateCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { follow } from '@centflow/cli/flow-steps';
import { deliveryBucketOf, type EnvironmentName, environmentNames, readEnvironment } from '@centflow/infra';
import { clientConfiguration } from '@centflow/local-stack/clients';
import { queryRows } from '@centflow/local-stack/database';
import { whileLocked } from '../../held-lock.ts';
import { addExemptions, addFeed, feedCsv, proposedIn } from '../changes.ts';
import { type DeliveryContext, flowOf, stateKeyOf } from '../context.ts';
import { reportOf } from '../delivery.ts';
import type { PullRequest } from '../developer-clone.ts';
import { assertRefused, assertSucceeded } from '../expectations.ts';
import { promote } from '../promotion.ts';

const FEED = 'savings_goals';

export async function feedIsAdded(context: DeliveryContext): Promise<void> {
  const { steps, clone, delivery, gitHub, accounts } = context;
  const first = await steps.run(
    'The policy refuses a pull request that adds a feed, because the crawler would get more rights',
    async () => {
      const opened = await clone.open('Add savings goals', addFeed);
      const { dev } = await delivery.plan(opened, ['dev']);
      assertRefused(dev, 6, /widens-iam.*infra\/exemptions.json/s);
      await delivery.comment(opened);
      return opened;
    },
  );
  const comments = () => gitHub.state.commentsOf(first.number).map(({ id, body }) => ({ id, body }));
  const pullRequest = await steps.run(
    'The proposed exemptions are added to the pull request, and the comment is updated',
    async () => {
      const [before] = comments();
      const forDev = proposedIn(reportOf(delivery.runner('dev'), 'dev'));
      const proposed = environmentNames.flatMap((name) =>
        forDev.map((exemption) => ({ ...exemption, stack: exemption.stack.replace('dev', name) })),
      );
      const pushed = await clone.push(first, 'Let the crawler read savings goals', (checkout) =>
        addExemptions(checkout, proposed, 'The crawler must find the new feed.'),
      );
      const planned = await delivery.plan(pushed);
      for (const environment of environmentNames) assertSucceeded(planned[environment]);
      await delivery.comment(pushed);
      const [after, ...others] = comments();
      assert.deepEqual([after?.id, others], [before?.id, []]);
      assert.match(after?.body ?? '', /Allowed by an exemption/);
      return pushed;
    },
  );
  const push = await steps.run('The pull request is merged, and its release is built', async (note) => {
    const made = await delivery.push(await clone.merge(pullRequest));
    note(made.version);
    return made;
  });
  // These steps run in parallel, because each step uses a different environment.
  const altered = steps.run('Nothing is applied to staging after somebody has altered its reviewed plan', async () => {
    await delivery.prepare(push, 'staging');
    const restorePlan = await alterPlan(context, 'staging', pullRequest);
    assertRefused(await delivery.deploy(push, 'staging'), 8, /Nothing was applied/);
    await restorePlan();
  });
  const locked = steps.run('Nothing is applied to production while somebody holds a state lock there', async () => {
    await delivery.prepare(push, 'production');
    const outcome = await whileLocked(accounts.production.clients.s3, stateKeyOf('production', 'store'), () =>
      delivery.deploy(push, 'production'),
    );
    assertRefused(outcome, 5, /ann@laptop/);
  });
  await Promise.all([promote(context, push, 'dev'), altered, locked]);
  await promote(context, push, 'staging');
  await steps.run('The deployment to production needs an approval, because an alarm is raised there', async () => {
    await setAlarm(context, 'production', 'ALARM');
    await delivery.prepare(push, 'production');
    const [assessed, deployed] = await Promise.all([delivery.assess(push), delivery.deploy(push, 'production')]);
    const { outputs, summary } = assertSucceeded(assessed);
    assert.equal(outputs.approval, 'needed');
    assert.match(summary, /Alarms are raised in production/);
    assert.match(summary, /An exemption allows/);
    assertRefused(deployed, 10, /Nobody has approved production-approval/);
  });
  await steps.run('Bob, a reviewer, approves the deployment', async () => {
    gitHub.state.review(push.id, { environment: 'production-approval', user: 'bob', state: 'approved' });
  });
  await promote(context, push, 'production');
  await setAlarm(context, 'production', 'OK');
  await steps.run('A CSV of the new feed loads in production', async () => {
    const flow = await flowOf(context, 'production');
    const objectKey = `raw/${FEED}/owner=ada/goals.csv`;
    const Body = feedCsv(clone.checkout);
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

/**
 * Alters a stored plan.
 *
 * @returns a function that restores the plan
 */
async function alterPlan(
  { accounts }: DeliveryContext,
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

/** Sets the state of an alarm through CloudWatch's API. */
async function setAlarm({ accounts }: DeliveryContext, name: EnvironmentName, StateValue: StateValue): Promise<void> {
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
