import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryS3 } from '../testing/memory-s3.ts';
import { AlteredPlanError, PlanStore, UnreviewedPlanError } from './plan-store.ts';

const reviewed = { pullRequest: 12, head: 'a'.repeat(40) };
const key = 'plans/dev/12/dev-load';

let folder: string;
let s3: MemoryS3;
let plans: PlanStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centflow-plans-'));
  s3 = new MemoryS3();
  plans = new PlanStore(s3.client, 'bucket', 'dev');
  await writeFile(join(folder, 'tfplan'), 'the plan');
  await plans.keep(reviewed, 'dev-load', join(folder, 'tfplan'));
});
afterEach(() => rm(folder, { recursive: true }));

const take = (from = reviewed, stack = 'dev-load', store = plans) => store.take(from, stack, join(folder, 'taken'));

test('the plan store returns the stored plan in a file that only its owner can read', async () => {
  await take();
  expect(await readFile(join(folder, 'taken'), 'utf8')).toBe('the plan');
  expect((await stat(join(folder, 'taken'))).mode & 0o077).toBe(0);
});

test('the plan store returns the newest plan of a pull request', async () => {
  await writeFile(join(folder, 'tfplan'), 'another plan');
  await plans.keep({ ...reviewed, head: 'b'.repeat(40) }, 'dev-load', join(folder, 'tfplan'));
  await take({ ...reviewed, head: 'b'.repeat(40) });
  expect(await readFile(join(folder, 'taken'), 'utf8')).toBe('another plan');
});

test.each([
  ['another pull request', { ...reviewed, pullRequest: 13 }, 'dev-load', /Pull request 13 has no plan of dev-load/],
  ['another stack', reviewed, 'dev-store', /Pull request 12 has no plan of dev-store/],
  [
    'a commit after the reviewed one',
    { ...reviewed, head: 'c'.repeat(40) },
    'dev-load',
    /was merged at ccc.*have not been reviewed/s,
  ],
])('the plan store has no plan for %s', async (_, from, stack, said) => {
  await expect(take(from, stack)).rejects.toThrow(UnreviewedPlanError);
  await expect(take(from, stack)).rejects.toThrow(said);
});

test('the plan store has no plan for another environment', async () => {
  const elsewhere = new PlanStore(s3.client, 'bucket', 'staging');
  await expect(take(reviewed, 'staging-load', elsewhere)).rejects.toThrow(UnreviewedPlanError);
});

const record = () => JSON.parse(new TextDecoder().decode(s3.objects.get(`${key}.json`))) as Record<string, unknown>;
const put = (name: string, text: string) => s3.objects.set(name, new TextEncoder().encode(text));

test.each<[string, () => void]>([
  ['the plan was overwritten', () => put(`${key}.tfplan`, 'the plam')],
  ['the record is of another stack', () => put(`${key}.json`, JSON.stringify({ ...record(), stack: 'dev-store' }))],
  [
    'the record is of another environment',
    () => put(`${key}.json`, JSON.stringify({ ...record(), environment: 'production' })),
  ],
  [
    'the record contains another hash',
    () => put(`${key}.json`, JSON.stringify({ ...record(), sha256: '0'.repeat(64) })),
  ],
  ['the record is not valid', () => put(`${key}.json`, '{')],
])('the plan store refuses a plan if %s, and writes nothing', async (_, alter) => {
  alter();
  await expect(take()).rejects.toThrow(AlteredPlanError);
  await expect(take()).rejects.toThrow(/dev-load in s3:\/\/bucket\/plans\/dev\/12\/dev-load\.tfplan/);
  await expect(stat(join(folder, 'taken'))).rejects.toThrow(/ENOENT/);
});
