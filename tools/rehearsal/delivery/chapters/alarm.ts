/** A pull request adds an alarm. The change is planned, reported, merged, and delivered to production automatically. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { deliveryBucketOf, environmentNames, namesOf, readEnvironment } from '@centflow/infra';
import { addAlarm } from '../changes.ts';
import type { DeliveryContext } from '../context.ts';
import { type Push, reportOf } from '../delivery.ts';
import { assertSucceeded } from '../expectations.ts';
import { promote } from '../promotion.ts';
import { compareCalls, startRecordingCalls } from '../roles.ts';
import { secretsOf } from '../secrets.ts';

export async function alarmIsAdded(context: DeliveryContext): Promise<void> {
  const { steps, clone, delivery, gitHub } = context;
  const pullRequest = await steps.run(
    'A pull request adds an alarm, and the plans of all three environments contain no other change',
    async () => {
      await startRecordingCalls(context);
      const opened = await clone.open('Alert on uploads that fail often', addAlarm);
      const planned = await delivery.plan(opened);
      for (const environment of environmentNames) {
        assertSucceeded(planned[environment]);
        const report = reportOf(delivery.runner(environment), environment);
        for (const stage of ['store', 'load'])
          assert.match(report, new RegExp(`${environment}-${stage}\`: nothing to do`));
        assert.match(report, new RegExp(`${environment}-watch\`: 1 changed, 1 created`));
      }
      return opened;
    },
  );
  await steps.run('Every AWS call of the role `plan` is recorded', async (note) =>
    note(`${await compareCalls(context, 'plan')} calls`),
  );
  await steps.run('One comment shows the plans to reviewers, without any secret', async () => {
    await delivery.comment(pullRequest);
    const [{ body } = { body: '' }, ...others] = gitHub.state.commentsOf(pullRequest.number);
    assert.equal(others.length, 0);
    for (const environment of environmentNames) assert.match(body, new RegExp(`^## ${environment}$`, 'm'));
    assert.match(body, /uploads-failed-often/);
    const secrets = (await Promise.all(environmentNames.map((name) => secretsOf(context, name)))).flat();
    // The passwords of the administrator, the migrator, the loader and the reporter.
    assert.equal(secrets.length, 4 * environmentNames.length);
    for (const secret of secrets)
      assert.ok(!body.includes(secret), 'The comment on the pull request contains a password');
  });
  const push = await steps.run('The pull request is merged, and its release is built', async (note) => {
    const made = await delivery.push(await clone.merge(pullRequest));
    note(made.version);
    return made;
  });
  await startRecordingCalls(context);
  await promote(context, push, 'dev');
  await promote(context, push, 'staging');
  await steps.run(
    'Production needs no approval, because the canary passes, no alarm is raised and nothing is exempted',
    async () => {
      // The assessment of the release uses the role `plan` of production.
      await compareCalls(context, 'apply');
      const { outputs } = assertSucceeded(await delivery.assess(push));
      await compareCalls(context, 'plan');
      assert.equal(outputs.approval, 'automatic');
    },
  );
  await promote(context, push, 'production');
  await steps.run('Every AWS call of the role `apply` is recorded', async (note) =>
    note(`${await compareCalls(context, 'apply')} calls`),
  );
  await steps.run('The three environments run identical artifacts', () => assertSameArtifacts(context, push));
  await steps.run(
    'The release is published on GitHub with its tag, its notes and the deployed artifacts',
    async (note) => {
      assertSucceeded(await delivery.publish(push));
      const { state } = gitHub;
      assert.equal(state.tags.get(push.version), push.sha);
      const release = state.releaseOf(push.version);
      const record = release?.assets.find(({ name }) => name === 'release.json');
      assert.equal(record && sha256(record.bytes), push.digest);
      note(release?.assets.map(({ name }) => name).join(', ') ?? '');
    },
  );
}

/** Checks that all environments have the same functions, job artifacts and release. */
async function assertSameArtifacts({ accounts }: DeliveryContext, { version, digest }: Push): Promise<void> {
  const deployed = environmentNames.map(async (name) => {
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
      // Each emulator has its own certificate authority, which is not part of a release.
      artifacts: Contents.filter(({ Key }) => !Key?.startsWith('authorities-'))
        .map(({ Key, ETag }) => `${Key} ${ETag}`)
        .sort(),
    };
  });
  const [dev, ...others] = await Promise.all(deployed);
  for (const other of others) assert.deepEqual(other, dev);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
