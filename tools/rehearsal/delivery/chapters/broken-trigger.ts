/**
 * A pull request breaks the trigger. The canary detects the fault in dev, which rolls back automatically. No other
 * environment is affected.
 */
import assert from 'node:assert/strict';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { type EnvironmentName, namesOf, readEnvironment } from '@centflow/infra';
import { queryRows } from '@centflow/local-stack/database';
import { addColumnAndBreakTrigger } from '../changes.ts';
import { type DeliveryContext, flowOf, stateOf } from '../context.ts';
import { assertRefused, assertSucceeded } from '../expectations.ts';

/**
 * The deadline of the canary. It can be short: a working canary finishes earlier, and with the broken trigger the
 * canary never succeeds.
 */
const SECONDS = 25;

export async function brokenTriggerIsTakenBack(context: DeliveryContext): Promise<void> {
  const { steps, clone, delivery } = context;
  const [dev, staging] = await Promise.all([readDeployedState(context, 'dev'), readDeployedState(context, 'staging')]);
  const push = await steps.run('A pull request adds a column and breaks the trigger, and is merged', async (note) => {
    const opened = await clone.open('Keep the number of the receipt', addColumnAndBreakTrigger);
    assertSucceeded((await delivery.plan(opened, ['dev'])).dev);
    const made = await delivery.push(await clone.merge(opened));
    note(made.version);
    return made;
  });
  await steps.run('The release is deployed to dev', async () => {
    await delivery.prepare(push, 'dev');
    assertSucceeded(await delivery.deploy(push, 'dev'));
    assert.notDeepEqual(await readDeployedState(context, 'dev'), dev);
  });
  await steps.run('The canary fails in dev', async () => {
    assertRefused(await delivery.canary(push, 'dev', SECONDS), 12, /canary of .+ failed in dev/);
  });
  await steps.run(
    'dev rolls back automatically, and the previous trigger and job run on the new schema',
    async (note) => {
      const { rollback, canary } = await delivery.rollBack(push, 'dev');
      assertSucceeded(canary);
      assert.equal((await readDeployedState(context, 'dev')).trigger, dev.trigger);
      assert.ok(await hasReceipts(context), 'The new column does not exist after the rollback');
      note(/^Back to (v\d+)/m.exec(rollback.output)?.[1] ?? '');
    },
  );
  await steps.run('staging is unchanged', async () => {
    assert.deepEqual(await readDeployedState(context, 'staging'), staging);
  });
}

interface DeployedState {
  /** The hash of the trigger's code. */
  readonly trigger: string | undefined;
  /** The serial numbers of the Terraform states. An apply increments the serial number of its state. */
  readonly serials: readonly number[];
}

/** Reads the values that a deployment would change. */
async function readDeployedState(context: DeliveryContext, name: EnvironmentName): Promise<DeployedState> {
  const { trigger } = namesOf(readEnvironment(name));
  const { lambda } = context.accounts[name].clients;
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: trigger }));
  const [store, load, watch] = await Promise.all([
    stateOf(context, name, 'store'),
    stateOf(context, name, 'load'),
    stateOf(context, name, 'watch'),
  ]);
  return { trigger: Configuration?.CodeSha256, serials: [store.serial, load.serial, watch.serial] };
}

async function hasReceipts(context: DeliveryContext): Promise<boolean> {
  const flow = await flowOf(context, 'dev');
  const columns = await flow.asAdministrator((administrator) =>
    queryRows(administrator, "SHOW COLUMNS FROM expenses LIKE 'receipt'"),
  );
  return columns.length === 1;
}
