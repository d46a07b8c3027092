/** A pull request that adds an alarm: planned, said, merged, and taken to production without anybody's help. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { deliveryBucketOf, environmentNames, namesOf, readEnvironment } from '@centflow/infra';
import { addAlarm } from '../changes.ts';
import { type Push, reportOf } from '../delivery.ts';
import { succeeded } from '../expectations.ts';
import { promote } from '../promotion.ts';
import { compareCalls, noteCalls } from '../roles.ts';
import { secretsOf } from '../secrets.ts';
import type { World } from '../world.ts';

export async function alarmIsAdded(world: World): Promise<void> {
  const { story, desk, delivery, gitHub } = world;
  const pullRequest = await story.step(
    'A pull request adds an alarm: it is planned three times, and nothing else would change',
    async () => {
      await noteCalls(world);
      const opened = await desk.open('Tell of uploads that fail often', addAlarm);
      const planned = await delivery.plan(opened);
      for (const environment of environmentNames) {
        succeeded(planned[environment]);
        const report = reportOf(delivery.runner(environment), environment);
        for (const stage of ['store', 'load'])
          assert.match(report, new RegExp(`${environment}-${stage}\`: nothing to do`));
        assert.match(report, new RegExp(`${environment}-watch\`: 1 changed, 1 created`));
      }
      return opened;
    },
  );
  await story.step('Each call of the role `plan` is on record', async (note) =>
    note(`${await compareCalls(world, 'plan')} calls`),
  );
  await story.step('Its reviewers read that in one comment, and no secret', async () => {
    await delivery.comment(pullRequest);
    const [{ body } = { body: '' }, ...others] = gitHub.state.commentsOf(pullRequest.number);
    assert.equal(others.length, 0);
    for (const environment of environmentNames) assert.match(body, new RegExp(`^## ${environment}$`, 'm'));
    assert.match(body, /uploads-failed-often/);
    const secrets = (await Promise.all(environmentNames.map((name) => secretsOf(world, name)))).flat();
    // The administrator's, the migrator's, the loader's and the reporter's.
    assert.equal(secrets.length, 4 * environmentNames.length);
    for (const secret of secrets) assert.ok(!body.includes(secret), 'there is a password in the comment');
  });
  const push = await story.step('It is merged, and its release is built', async (note) => {
    const made = await delivery.push(await desk.merge(pullRequest));
    note(made.version);
    return made;
  });
  await noteCalls(world);
  await promote(world, push, 'dev');
  await promote(world, push, 'staging');
  await story.step('Canary and alarms are good and nothing is exempted: production takes it by itself', async () => {
    // Who assesses has the role that plans.
    await compareCalls(world, 'apply');
    const { outputs } = succeeded(await delivery.assess(push));
    await compareCalls(world, 'plan');
    assert.equal(outputs.approval, 'automatic');
  });
  await promote(world, push, 'production');
  await story.step('Each call of the role `apply` is on record', async (note) =>
    note(`${await compareCalls(world, 'apply')} calls`),
  );
  await story.step('The three environments have the same bytes', () => sameBytes(world, push));
  await story.step('The release is on GitHub: its tag, its notes, and what was deployed', async (note) => {
    succeeded(await delivery.publish(push));
    const { state } = gitHub;
    assert.equal(state.tags.get(push.version), push.sha);
    const release = state.releaseOf(push.version);
    const record = release?.assets.find(({ name }) => name === 'release.json');
    assert.equal(record && sha256(record.bytes), push.digest);
    note(release?.assets.map(({ name }) => name).join(', ') ?? '');
  });
}

/** Functions, what the job is made of, and the release itself. */
async function sameBytes({ accounts }: World, { version, digest }: Push): Promise<void> {
  const seen = environmentNames.map(async (name) => {
    const { lambda, s3 } = accounts[name].clients;
    const environment = readEnvironment(name);
    const { trigger, migrator, canary, artifactsBucket } = namesOf(environment);
    const functions = [trigger, migrator, canary].map(async (FunctionName) => {
      const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
      return Configuration?.CodeSha256;
    });
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: artifactsBucket }));
    const record = { Bucket: deliveryBucketOf(environment), Key: `releases/${version}.json` };
    const { Body } = await s3.send(new GetObjectCommand(record));
    assert.equal(sha256((await Body?.transformToByteArray()) ?? new Uint8Array()), digest);
    return {
      functions: await Promise.all(functions),
      // Who vouches for a database is no part of a release: each emulator has its own authority.
      artefacts: Contents.filter(({ Key }) => !Key?.startsWith('authorities-'))
        .map(({ Key, ETag }) => `${Key} ${ETag}`)
        .sort(),
    };
  });
  const [dev, ...others] = await Promise.all(seen);
  for (const other of others) assert.deepEqual(other, dev);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
