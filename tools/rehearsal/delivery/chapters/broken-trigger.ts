/** A pull request whose trigger is broken: dev finds out, goes back by itself, and nobody else ever sees it. */
import assert from 'node:assert/strict';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { type EnvironmentName, namesOf, readEnvironment } from '@centflow/infra';
import { queryRows } from '@centflow/local-stack/database';
import { addColumnAndBreakTrigger } from '../changes.ts';
import { refused, succeeded } from '../expectations.ts';
import { flowOf, stateOf, type World } from '../world.ts';

/** A canary that works is through in less; a broken one shows nothing however long it is waited for. */
const SECONDS = 25;

export async function brokenTriggerIsTakenBack(world: World): Promise<void> {
  const { story, desk, delivery } = world;
  const [dev, staging] = await Promise.all([seen(world, 'dev'), seen(world, 'staging')]);
  const push = await story.step(
    'A pull request adds a column and breaks the trigger; nobody notices, and it is merged',
    async (note) => {
      const opened = await desk.open('Keep the number of the receipt', addColumnAndBreakTrigger);
      succeeded((await delivery.plan(opened, ['dev'])).dev);
      const made = await delivery.push(await desk.merge(opened));
      note(made.version);
      return made;
    },
  );
  await story.step('dev takes it', async () => {
    await delivery.prepare(push, 'dev');
    succeeded(await delivery.deploy(push, 'dev'));
    assert.notDeepEqual(await seen(world, 'dev'), dev);
  });
  await story.step('The canary of dev does not appear', async () => {
    refused(await delivery.canary(push, 'dev', SECONDS), 12, /canary of .+ failed in dev/);
  });
  await story.step(
    'dev goes back by itself: trigger and job of the release before, on the schema of this one',
    async (note) => {
      const { rollback, canary } = await delivery.rollBack(push, 'dev');
      succeeded(canary);
      assert.equal((await seen(world, 'dev')).trigger, dev.trigger);
      assert.ok(await hasReceipts(world), 'the column is gone');
      note(/^Back to (v\d+)/m.exec(rollback.output)?.[1] ?? '');
    },
  );
  await story.step('staging has not been touched', async () => {
    assert.deepEqual(await seen(world, 'staging'), staging);
  });
}

interface Seen {
  /** The hash of the trigger's code. */
  readonly trigger: string | undefined;
  /** Of the states; each apply makes one more. */
  readonly serials: readonly number[];
}

/** What would differ after a deployment. */
async function seen(world: World, name: EnvironmentName): Promise<Seen> {
  const { trigger } = namesOf(readEnvironment(name));
  const { lambda } = world.accounts[name].clients;
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: trigger }));
  const [store, load, watch] = await Promise.all([
    stateOf(world, name, 'store'),
    stateOf(world, name, 'load'),
    stateOf(world, name, 'watch'),
  ]);
  return { trigger: Configuration?.CodeSha256, serials: [store.serial, load.serial, watch.serial] };
}

async function hasReceipts(world: World): Promise<boolean> {
  const flow = await flowOf(world, 'dev');
  const columns = await flow.asAdministrator((administrator) =>
    queryRows(administrator, "SHOW COLUMNS FROM expenses LIKE 'receipt'"),
  );
  return columns.length === 1;
}
