import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceChange } from '@centflow/terraform';
import { beforeEach, describe, expect, test } from 'vitest';
import { EXIT, exitCodeOf } from '../exit.ts';
import { FakeEnvironment } from '../testing/fake-environment.ts';
import { type DeployOptions, deploy } from './deploy.ts';
import type { Evidence } from './evidence.ts';

const reviewed = { pullRequest: 12, head: 'a'.repeat(40) };
const evidence: Evidence = { environment: 'staging', version: 'v2', digest: 'd'.repeat(64), canary: true, alarms: [] };

function change(type: string, before: object | null, after: object | null, name = 'it'): ResourceChange {
  const actions = before === null ? ['create'] : after === null ? ['delete'] : ['update'];
  const shape = { actions, before, after, after_unknown: {} };
  return { address: `${type}.${name}`, mode: 'managed', type, name, change: shape } as ResourceChange;
}
const alarm = change('aws_cloudwatch_metric_alarm', null, { alarm_name: 'dev-load-age' });
const network = change('aws_vpc', { tags: {} }, { tags: { a: 'b' } });
const code = change('aws_lambda_function', { s3_key: 'old' }, { s3_key: 'new' });
const database = change('aws_db_instance', { identifier: 'it' }, null);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'centflow-deploy-'));
  return () => rmSync(folder, { recursive: true });
});

function optionsOf(fake: FakeEnvironment, more: Partial<DeployOptions> = {}): DeployOptions {
  const { open, stacks, said } = fake;
  return {
    open,
    stacks,
    review: reviewed,
    evidence,
    approvals: async () => [],
    say: (line) => said.push(line),
    ...more,
  };
}

async function refusal(work: Promise<void>): Promise<{ code: number; message: string }> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { code: exitCodeOf(error), message: String(error) };
}

const records = async ({ open }: FakeEnvironment) => {
  return (await open.deployments.list()).map(({ outcome, kind, pullRequest, breakGlass, approvedBy }) => ({
    outcome,
    kind,
    ...(pullRequest === undefined ? {} : { pullRequest }),
    ...(breakGlass === undefined ? {} : { breakGlass }),
    ...(approvedBy === undefined ? {} : { approvedBy }),
  }));
};

describe('the deployment of a reviewed release', () => {
  test('applies the stages in order, records the deployment, and stores the release for a rollback', async () => {
    const fake = new FakeEnvironment('dev', folder);
    Object.assign(fake.pending, { load: [code], watch: [alarm] });
    await fake.review(reviewed);
    await deploy(optionsOf(fake));
    expect(fake.applied).toEqual(['load', 'watch']);
    expect(fake.published).toEqual(['v2']);
    expect(await records(fake)).toEqual([{ outcome: 'applied', kind: 'deploy', pullRequest: 12 }]);
  });

  test('wakes an inactive migrator before the stage `load` is applied', async () => {
    const fake = new FakeEnvironment('dev', folder);
    fake.migratorState = 'Inactive';
    Object.assign(fake.pending, { store: [network], load: [code] });
    await fake.review(reviewed);
    await deploy(optionsOf(fake));
    expect(fake.applied).toEqual(['store', 'the migrator is woken', 'load']);
  });

  test('applies the remaining stages if a stopped deployment runs again', async () => {
    const fake = new FakeEnvironment('dev', folder);
    Object.assign(fake.pending, { load: [code], watch: [alarm] });
    await fake.review(reviewed);
    fake.onApply = (stage) => {
      if (stage === 'watch') throw new Error('no such metric');
    };
    const { code: exit, message } = await refusal(deploy(optionsOf(fake)));
    expect(exit).toBe(EXIT.stopped);
    expect(message).toMatch(
      /dev-watch stopped: no such metric.*These stages were applied before: load.*run the same deployment again/s,
    );
    fake.onApply = () => {};
    await deploy(optionsOf(fake));
    expect(fake.applied).toEqual(['load', 'watch']);
    expect((await records(fake)).map(({ outcome }) => outcome).sort()).toEqual(['applied', 'stopped']);
  });
});

describe('a refused deployment', () => {
  test.each<[string, number, RegExp, (fake: FakeEnvironment) => Promise<void> | void]>([
    [
      'if a stage has no reviewed plan',
      EXIT.unreviewed,
      /Pull request 12 has no plan of dev-load/,
      (fake) => fake.s3.objects.clear(),
    ],
    [
      'if a stored plan was altered',
      EXIT.altered,
      /SHA-256 is not the recorded one/,
      (fake) => void fake.s3.objects.set('plans/dev/12/dev-watch.tfplan', new TextEncoder().encode('{}')),
    ],
    [
      'if the plan of the last stage differs from the reviewed plan',
      EXIT.moved,
      /The plan of dev-watch differs from the reviewed plan.*aws_sns_topic\.it \(update\)/s,
      (fake) => void Object.assign(fake.pending, { watch: [alarm, change('aws_sns_topic', { n: 1 }, { n: 2 })] }),
    ],
  ])('applies and records nothing %s', async (_, exit, said, spoil) => {
    const fake = new FakeEnvironment('dev', folder);
    Object.assign(fake.pending, { load: [code], watch: [alarm] });
    await fake.review(reviewed);
    await spoil(fake);
    const refused = await refusal(deploy(optionsOf(fake)));
    expect(refused.message).toMatch(said);
    expect(refused.code).toBe(exit);
    expect(fake.applied).toEqual([]);
    expect(fake.published).toEqual([]);
    expect(await records(fake)).toEqual([]);
  });

  test('applies and records nothing if the plan policy refuses a reviewed plan', async () => {
    const fake = new FakeEnvironment('dev', folder);
    Object.assign(fake.pending, { store: [database], watch: [alarm] });
    await fake.review(reviewed);
    const { code: exit, message } = await refusal(deploy(optionsOf(fake)));
    expect(exit).toBe(EXIT.refused);
    expect(message).toMatch(/dev-store: aws_db_instance\.it destroys the database.*infra\/exemptions\.json/s);
    expect(fake.applied).toEqual([]);
  });
});

describe('a deployment during which the plan of a later stage changes', () => {
  test('does not apply the changed stage, and is recorded as stopped', async () => {
    const fake = new FakeEnvironment('dev', folder);
    Object.assign(fake.pending, { load: [code], watch: [alarm] });
    await fake.review(reviewed);
    fake.onApply = () => {
      Object.assign(fake.pending, { watch: [change('aws_sns_topic', { n: 1 }, { n: 2 })] });
    };
    expect((await refusal(deploy(optionsOf(fake)))).code).toBe(EXIT.moved);
    expect(fake.applied).toEqual(['load']);
    expect(await records(fake)).toEqual([{ outcome: 'stopped', kind: 'deploy', pullRequest: 12 }]);
  });
});

describe('a deployment to production', () => {
  async function ready(): Promise<FakeEnvironment> {
    const fake = new FakeEnvironment('production', folder);
    Object.assign(fake.pending, { load: [code] });
    await fake.review(reviewed);
    return fake;
  }

  test('needs no approval if the evidence from staging is good', async () => {
    const fake = await ready();
    await deploy(optionsOf(fake));
    expect(fake.applied).toEqual(['load']);
  });

  test('applies nothing if an alarm is raised and nobody approves', async () => {
    const fake = await ready();
    fake.alarms = ['production-load-age'];
    const { code: exit, message } = await refusal(deploy(optionsOf(fake)));
    expect(exit).toBe(EXIT.approvalMissing);
    expect(message).toMatch(/Alarms are raised in production: production-load-age.*Nothing was applied/s);
    expect(fake.applied).toEqual([]);
  });

  test('applies the release with an approval, and records the approver', async () => {
    const fake = await ready();
    fake.alarms = ['production-load-age'];
    await deploy(optionsOf(fake, { approvals: async () => ['ann'] }));
    expect(fake.applied).toEqual(['load']);
    expect(await records(fake)).toEqual([{ outcome: 'applied', kind: 'deploy', pullRequest: 12, approvedBy: ['ann'] }]);
  });
});

test('a deployment with break-glass skips comparison and approval, and records the reason', async () => {
  const fake = new FakeEnvironment('production', folder);
  Object.assign(fake.pending, { store: [alarm], load: [code] });
  await deploy(optionsOf(fake, { review: { breakGlass: 'first deployment' }, evidence: undefined }));
  expect(fake.applied).toEqual(['store', 'load']);
  expect(await records(fake)).toEqual([{ outcome: 'applied', kind: 'deploy', breakGlass: 'first deployment' }]);
});
