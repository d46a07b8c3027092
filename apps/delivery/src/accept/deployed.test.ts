import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { deliveryBucketOf, type Environment, readEnvironment, type StageName, stateBucketOf } from '@centflow/infra';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stagesOf } from '../infra/deployment.ts';
import { type Emulator, startEmulator } from '../testing/emulator.ts';
import { findDeployed } from './deployed.ts';

const dev = readEnvironment('dev');
const stages = stagesOf(dev);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.stop());

/** Returns the identity of the caller, or throws. */
function callerOf(answer: string | Error): STSClient {
  const send = async () => {
    if (answer instanceof Error) throw answer;
    return { Account: answer };
  };
  return Object.assign(new STSClient({ region: dev.region }), { send });
}

/** An environment with a separate account, because the emulator keeps its buckets between tests. */
let environment: Environment;
let accounts = 100000000000;
beforeEach(() => {
  accounts += 1;
  environment = { ...dev, accountId: String(accounts) };
});

const find = (caller: string | Error = environment.accountId) =>
  findDeployed({ s3: emulator.s3, sts: callerOf(caller) }, environment);

async function bootstrap(): Promise<void> {
  for (const Bucket of [stateBucketOf(environment), deliveryBucketOf(environment)]) {
    await emulator.s3.send(new CreateBucketCommand({ Bucket }));
  }
}

interface Instance {
  readonly status?: string;
  readonly attributes: object;
}

async function apply(stage: StageName, instances: readonly Instance[] = [{ attributes: { name: stage } }]) {
  const state = {
    version: 4,
    terraform_version: '1.13.0',
    outputs: { [`${stage}_url`]: { value: `https://${stage}`, type: 'string' } },
    resources: instances.length === 0 ? [] : [{ mode: 'managed', type: 'aws_thing', name: 'it', instances }],
  };
  const Key = `${environment.name}/${stage}.tfstate`;
  await emulator.s3.send(
    new PutObjectCommand({ Bucket: stateBucketOf(environment), Key, Body: JSON.stringify(state) }),
  );
}

describe('reading the deployed stages', () => {
  test('returns the attributes and outputs of every stage', async () => {
    await bootstrap();
    for (const stage of stages) await apply(stage);
    const deployed = await find();
    expect(deployed.all('aws_thing')).toEqual(stages.map((name) => ({ name })));
    expect(deployed.one('aws_thing', { name: 'load' })).toEqual({ name: 'load' });
    expect(deployed.output('store', 'store_url')).toBe('https://store');
    expect(() => deployed.one('aws_thing')).toThrow(/contain \d resources of type aws_thing/);
  });
});

describe('accept', () => {
  const named = (kind: string, message = 'no') => Object.assign(new Error(message), { name: kind });

  test('refuses to start and names the next step if there are no credentials', async () => {
    await expect(find(named('CredentialsProviderError'))).rejects.toThrow(
      new RegExp(`^There are no AWS credentials\\. Sign in to account ${environment.accountId} .*aws sso login`),
    );
  });

  test('refuses to start and names the next step if AWS does not accept the credentials', async () => {
    await expect(find(named('ExpiredTokenException', 'expired'))).rejects.toThrow(
      /does not accept the credentials \(ExpiredTokenException: expired\)\. Sign in/,
    );
  });

  test('refuses to start and names the next step if the credentials belong to another account', async () => {
    await expect(find('999999999999')).rejects.toThrow(
      `The credentials belong to account 999999999999, but dev is in account ${environment.accountId}`,
    );
  });

  test('refuses to start and names the next step if the account has no resources yet', async () => {
    await expect(find()).rejects.toThrow(
      /^dev was never deployed: the bucket centflow-state-\S+ does not exist\. Begin with .*npm run infra -- bootstrap --environment dev`/,
    );
  });

  test('refuses to start and names the next step if nothing was applied after `bootstrap`', async () => {
    await bootstrap();
    await expect(find()).rejects.toThrow(
      /^dev was never deployed: `bootstrap` is applied.*`npm run infra -- apply --environment dev --stack store`/,
    );
  });

  test('refuses to start and names the next step if stages are missing', async () => {
    await bootstrap();
    await apply('store');
    await apply('load');
    const missing = stages.filter((stage) => stage !== 'store' && stage !== 'load');
    await expect(find()).rejects.toThrow(
      `dev is half deployed: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not applied.`,
    );
    await expect(find()).rejects.toThrow(`--stack ${missing[0]}\``);
  });

  test('refuses to start and names the next step if a stage was destroyed', async () => {
    await bootstrap();
    for (const stage of stages) await apply(stage);
    await apply('watch', []);
    await expect(find()).rejects.toThrow(/dev is half deployed: watch is not applied.*--stack watch`/);
  });
});

test('accept refuses to check a paused environment', async () => {
  await bootstrap();
  for (const stage of stages) await apply(stage);
  environment = { ...environment, load: { ...environment.load, paused: true } };
  await expect(find()).rejects.toThrow(/^dev is paused .*docs\/runbook\.md, "Pause"/);
});

describe('the comparison of the Terraform states with the release', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'centflow-accept-'));
    return () => rmSync(folder, { recursive: true });
  });

  function release(resource: Record<string, Record<string, object>>): void {
    for (const stage of stages) {
      const stack = join(folder, 'stacks', `dev-${stage}`);
      mkdirSync(stack, { recursive: true });
      writeFileSync(join(stack, 'cdk.tf.json'), JSON.stringify({ resource }));
    }
  }

  test('passes if all stages are complete', async () => {
    await bootstrap();
    for (const stage of stages) await apply(stage);
    release({ aws_thing: { it: {} } });
    await (await find()).refuseHalfDeployed(environment, folder);
  });

  test('fails and names a stage that lacks resources', async () => {
    await bootstrap();
    for (const stage of stages) await apply(stage);
    release({ aws_thing: { it: {}, other: {} } });
    await expect((await find()).refuseHalfDeployed(environment, folder)).rejects.toThrow(
      'Stage store of dev is half deployed: aws_thing.other is missing or incomplete in its Terraform state. To finish the stage, run `npm run infra -- apply --environment dev --stack store`',
    );
  });

  test('fails and names a stage with a tainted resource', async () => {
    await bootstrap();
    for (const stage of stages) await apply(stage);
    await apply('load', [{ status: 'tainted', attributes: {} }]);
    release({ aws_thing: { it: {} } });
    await expect((await find()).refuseHalfDeployed(environment, folder)).rejects.toThrow(
      /Stage load of dev is half deployed: aws_thing\.it \(tainted\).*--stack load/,
    );
  });
});
