import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ResourceChange } from '@centflow/terraform';
import { beforeEach, describe, expect, test } from 'vitest';
import { EXIT, exitCodeOf } from '../exit.ts';
import { FakeEnvironment } from '../testing/fake-environment.ts';
import { type RollbackOptions, rollBack } from './rollback.ts';

const code = {
  address: 'aws_lambda_function.it',
  mode: 'managed',
  type: 'aws_lambda_function',
  name: 'it',
  change: { actions: ['update'], before: { s3_key: 'new' }, after: { s3_key: 'old' }, after_unknown: {} },
} as ResourceChange;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'centflow-rollback-'));
  return () => rmSync(folder, { recursive: true });
});

/** Returns an environment that runs v3. A rollback to v2 changes its stage `load`. */
async function afterV3(name: 'dev' | 'production', canary?: { passed: boolean }): Promise<FakeEnvironment> {
  const fake = new FakeEnvironment(name, folder);
  const { deployments } = fake.open;
  const release = { ...fake.stacks.release, version: 'v3' };
  await deployments.during(release, { kind: 'deploy' }, async () => {});
  if (canary !== undefined) {
    await deployments.noteCanary(await deployments.current(), { ...canary, at: new Date().toISOString(), seconds: 1 });
  }
  // Records are sorted by time, with a resolution of one millisecond.
  await setTimeout(5);
  Object.assign(fake.pending, { load: [code] });
  return fake;
}

async function run(fake: FakeEnvironment, more: Partial<RollbackOptions> = {}) {
  const { open, stacks, said } = fake;
  const asked: string[] = [];
  const options: RollbackOptions = {
    open,
    stacks,
    approvals: async () => {
      asked.push('GitHub');
      return [];
    },
    say: (line) => said.push(line),
    ...more,
  };
  const error: unknown = await rollBack(options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const record = await open.deployments.newest();
  return { code: error === undefined ? EXIT.ok : exitCodeOf(error), message: String(error), asked, record };
}

describe('a manual rollback of production', () => {
  test('changes nothing if nobody has approved the workflow run, even if its job `approve` succeeded', async () => {
    const fake = await afterV3('production', { passed: true });
    const { code: exit, message, record } = await run(fake);
    expect(exit).toBe(EXIT.approvalMissing);
    expect(message).toMatch(
      /This is a manual rollback of production to v2\..*Nobody has approved production-approval/s,
    );
    expect(fake.applied).toEqual([]);
    expect(record).toMatchObject({ kind: 'deploy', version: 'v3' });
  });

  test('changes nothing without an approval, even if the current release has no canary result', async () => {
    const fake = await afterV3('production');
    expect((await run(fake)).code).toBe(EXIT.approvalMissing);
    expect(fake.applied).toEqual([]);
  });

  test('runs with an approval, and records the approver', async () => {
    const fake = await afterV3('production', { passed: true });
    const { record } = await run(fake, { approvals: async () => ['ann'] });
    expect(fake.applied).toEqual(['load']);
    expect(record).toMatchObject({ kind: 'rollback', version: 'v2', outcome: 'applied', approvedBy: ['ann'] });
  });

  test('runs without an approval if an administrator uses break-glass, and records the reason', async () => {
    const fake = await afterV3('production', { passed: true });
    const { asked, record } = await run(fake, { breakGlass: 'GitHub is away' });
    expect(asked).toEqual([]);
    expect(fake.applied).toEqual(['load']);
    expect(record).toMatchObject({ kind: 'rollback', version: 'v2', breakGlass: 'GitHub is away' });
  });
});

describe('a rollback after a failed canary', () => {
  test.each([
    ['the canary recorded a failure', { passed: false }],
    ['the canary ended without a recorded result', undefined],
  ])('needs no approval if %s', async (_, canary) => {
    const fake = await afterV3('production', canary);
    const { code: exit, asked } = await run(fake, { canaryFailed: true });
    expect(exit).toBe(EXIT.ok);
    expect(asked).toEqual([]);
    expect(fake.applied).toEqual(['load']);
  });

  test('is refused if the canary of the current release passed', async () => {
    const fake = await afterV3('production', { passed: true });
    const { code: exit, message } = await run(fake, { canaryFailed: true });
    expect(exit).toBe(EXIT.approvalMissing);
    expect(message).toMatch(/The canary of v3 passed in production, so --canary-failed does not apply/);
    expect(fake.applied).toEqual([]);
  });
});

test('a manual rollback of dev needs no approval', async () => {
  const fake = await afterV3('dev', { passed: true });
  const { asked } = await run(fake);
  expect(asked).toEqual([]);
  expect(fake.applied).toEqual(['load']);
});
