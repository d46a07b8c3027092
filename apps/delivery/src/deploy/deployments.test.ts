import { beforeEach, expect, test, vi } from 'vitest';
import { MemoryS3 } from '../testing/memory-s3.ts';
import { type DeploymentRecord, Deployments, DeploymentsError } from './deployments.ts';

let deployments: Deployments;
let s3: MemoryS3;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
  s3 = new MemoryS3();
  deployments = new Deployments(s3.client, 'bucket', 'dev');
  return () => vi.useRealTimers();
});

const canary = (passed: boolean) => ({ passed, at: new Date().toISOString(), seconds: 1 });

/** Records a deployment as applied or stopped, with the result of its canary. */
async function had(version: string, outcome: 'applied' | 'stopped', passed?: boolean): Promise<DeploymentRecord> {
  vi.advanceTimersByTime(60_000);
  const release = { version, commit: 'c'.repeat(40), digest: 'd'.repeat(64), folder: '/nowhere' };
  const work = outcome === 'applied' ? async () => undefined : () => Promise.reject(new Error('Terraform stopped'));
  await deployments.during(release, { kind: 'deploy', pullRequest: 1 }, work).catch(() => undefined);
  const [ended] = (await deployments.list()) as [DeploymentRecord];
  if (passed !== undefined) await deployments.noteCanary(ended, canary(passed));
  return ended;
}

test('list returns each record once, newest first, across pages', async () => {
  for (const version of ['v1', 'v2', 'v3', 'v4', 'v5']) await had(version, 'applied', true);
  expect((await deployments.list()).map(({ version }) => version)).toEqual(['v5', 'v4', 'v3', 'v2', 'v1']);
  expect(s3.objects.size).toBe(5);
});

test('a failed deployment records its error and throws it', async () => {
  const release = { version: 'v1', commit: 'c'.repeat(40), digest: 'd'.repeat(64), folder: '/nowhere' };
  const stops = deployments.during(release, { kind: 'rollback' }, () => Promise.reject(new Error('no\nway')));
  await expect(stops).rejects.toThrow('no\nway');
  const [record] = await deployments.list();
  expect(record).toMatchObject({ kind: 'rollback', outcome: 'stopped', problem: 'no way' });
});

test('current returns the newest applied deployment', async () => {
  await had('v1', 'applied', true);
  await had('v2', 'applied');
  expect((await deployments.current()).version).toBe('v2');
});

test('current fails without a deployment, or if the newest one stopped', async () => {
  await expect(deployments.current()).rejects.toThrow(/Nothing was deployed to dev yet/);
  await had('v1', 'applied', true);
  await had('v2', 'stopped');
  await expect(deployments.current()).rejects.toThrow(DeploymentsError);
  await expect(deployments.current()).rejects.toThrow(/v2 of 2026-01-01T00:02:00.000Z, stopped half-way/);
});

test('previous returns the newest other release whose canary passed', async () => {
  await had('v1', 'applied', true);
  await had('v2', 'applied', true);
  await had('v3', 'applied', false);
  await had('v4', 'stopped');
  await had('v5', 'applied', false);
  expect((await deployments.previous()).version).toBe('v2');
});

test('previous skips other deployments of the current release', async () => {
  await had('v1', 'applied', true);
  await had('v2', 'applied', true);
  await had('v2', 'applied', false);
  expect((await deployments.previous()).version).toBe('v1');
});

test('previous fails without an earlier good release', async () => {
  await had('v1', 'applied', false);
  await expect(deployments.previous()).rejects.toThrow(/no earlier release whose canary passed/);
});

test('list fails on an invalid record and names it', async () => {
  await had('v1', 'applied', true);
  s3.objects.set('deployments/dev/2026-01-02T00:00:00.000Z-v2.json', new TextEncoder().encode('{"format":2}'));
  await expect(deployments.list()).rejects.toThrow(
    /2026-01-02T00:00:00\.000Z-v2\.json is not a valid deployment record/,
  );
});

test('each environment of an account has its own records', async () => {
  await had('v1', 'applied', true);
  expect(await new Deployments(s3.client, 'bucket', 'staging').list()).toEqual([]);
});
