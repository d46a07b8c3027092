import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaServiceException } from '@aws-sdk/client-lambda';
import { readEnvironment } from '@centflow/infra';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Release } from '../release/release.ts';
import { CanaryFlow, type Faults, type FlowUpload } from '../testing/canary-flow.ts';
import { type CanaryResult, runCanary } from './canary.ts';
import { planCanary, renderCanaryPlan } from './canary-plan.ts';

const plan = planCanary();
const steps = [
  'delete the objects of an earlier canary',
  'show the uploaded rows in the views',
  'show the corrected rows in the views',
  'remove the deleted rows from the views',
];

/** Each fault affects only the expenses, so the canary must check each feed to detect the fault. */
const ofExpenses = (change: (upload: FlowUpload) => FlowUpload | undefined) => (upload: FlowUpload) =>
  upload.feed === 'expenses' ? change(upload) : upload;

describe('runCanary', () => {
  let release: Release;
  let said: string[];
  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), 'centflow-canary-test-'));
    writeFileSync(join(folder, 'canary.json'), renderCanaryPlan(plan));
    release = { version: 'v7', commit: 'c0ffee', digest: 'd1ce', folder };
    said = [];
  });
  afterEach(() => rmSync(release.folder, { recursive: true }));

  const run = (flow: CanaryFlow, deadlineSeconds = 30): Promise<CanaryResult> =>
    runCanary({
      environment: readEnvironment('dev'),
      release,
      s3: flow.s3,
      lambda: flow.lambda,
      deadlineSeconds,
      say: (line) => said.push(line),
    });
  const namesOf = ({ steps }: CanaryResult) => steps.map(({ name }) => name);

  it('passes if its uploads are loaded, corrected and deleted', async () => {
    const flow = new CanaryFlow(plan);
    const result = await run(flow);
    expect(result).toEqual({ passed: true, steps: steps.map((name) => ({ name, seconds: expect.any(Number) })) });
    expect(said).toEqual(steps.map((name) => expect.stringMatching(new RegExp(`^${name}: done after \\d+\\.\\d s$`))));
    expect(flow.objects.size).toBe(0);
  });

  it('uploads one object of each feed twice, under its own owner and with unique names', async () => {
    const flow = new CanaryFlow(plan);
    await run(flow);
    const keys = [...new Set(flow.put)];
    expect(flow.put).toHaveLength(2 * keys.length);
    expect(keys.map((key) => key.split('/')[1]).sort()).toEqual(plan.feeds.map(({ feed }) => feed));
    for (const key of keys) expect(key).toMatch(/^raw\/\w+\/owner=centflow-canary\/v7-[0-9a-f]{16}\.csv$/);

    await run(flow);
    expect(new Set(flow.put).size).toBe(2 * keys.length);
  });

  it('waits until an upload appears in the views', async () => {
    const nothing = { uploads: [], cashFlow: [], rows: {} };
    const flow = new CanaryFlow(plan, {
      answer: (question) => (question === 2 ? { Payload: JSON.stringify(nothing) } : undefined),
    });
    expect(await run(flow)).toMatchObject({ passed: true });
  });

  it('compares amounts by their value, so 53.9 equals 53.9000', async () => {
    const flow = new CanaryFlow(plan, {
      upload: (upload) => ({ ...upload, amount_published: upload.amount_published.replace(/\.?0+$/, '') }),
    });
    expect(await run(flow)).toMatchObject({ passed: true });
  });

  it.each<[string, Faults, step: number, RegExp]>([
    [
      'an upload that is published with another sum',
      { upload: ofExpenses((upload) => ({ ...upload, amount_published: '1.0000' })) },
      1,
      /Expected: raw\/expenses\/\S+ \(version version-\d+\) published with 3 rows of 53\.9000\. Seen: it is published: 3 rows of 53\.9000 read, 3 of 1\.0000 published, 0 duplicate, 0 quarantined\./,
    ],
    [
      'an upload with a quarantined row',
      { upload: ofExpenses((upload) => ({ ...upload, rows_published: 2, rows_quarantined: 1 })) },
      1,
      /Seen: it is published: 3 rows of 53\.9000 read, 2 of 53\.9000 published, 0 duplicate, 1 quarantined\./,
    ],
    [
      'an upload that is rejected',
      { upload: ofExpenses((upload) => ({ ...upload, state: 'rejected', reason: 'It is not UTF-8.' })) },
      1,
      /Seen: it is rejected \(It is not UTF-8\.\): 3 rows/,
    ],
  ])('fails at once with %s, and deletes its objects', async (_, faults, step, message) => {
    const flow = new CanaryFlow(plan, faults);
    const result = await run(flow);
    expect(result.passed).toBe(false);
    expect(result.problem).toMatch(message);
    expect(result.problem).toMatch(new RegExp(`^The canary's step "${steps[step]}" failed`));
    expect(result.problem).toMatch(/The canary's objects are deleted\.$/);
    expect(namesOf(result)).toEqual(steps.slice(0, step + 1));
    expect(flow.objects.size).toBe(0);
    expect(said.at(-1)).toBe(result.problem);
  });

  it.each<[string, Faults, step: number, RegExp]>([
    [
      'an upload that never appears',
      { upload: ofExpenses(() => undefined) },
      1,
      /Expected: raw\/expenses\/\S+ \(version version-\d+\) published with 3 rows of 53\.9000\. Seen: the views do not contain the upload\./,
    ],
    [
      'an upload that fails to load, because the job may try again',
      { upload: ofExpenses((upload) => ({ ...upload, state: 'failed', reason: 'MySQL is away' })) },
      1,
      /Seen: it is failed \(MySQL is away\): /,
    ],
    [
      'a correction that never appears',
      { correctionsLost: true },
      2,
      /published with \d rows of .* Seen: the views do not contain the upload\./,
    ],
    [
      'rows that remain after the deletion',
      { deletionsLost: true },
      3,
      /superseded or retired\. Seen: it is published\./,
    ],
    [
      'a Lambda function that always fails',
      { answer: () => ({ FunctionError: 'Unhandled', Payload: '{"errorMessage":"no route to the database"}' }) },
      0,
      /ObserverError: centflow-dev-canary failed \(Unhandled\): {"errorMessage":"no route to the database"}/,
    ],
    [
      'an amount that is a float',
      { upload: ofExpenses((upload) => ({ ...upload, amount_read: 53.9 as unknown as string })) },
      1,
      /The response of centflow-dev-canary is not valid \(uploads\.\d+\.amount_read: .*\)\. Was the function deployed from another release\?/,
    ],
  ])('gives up at its deadline on %s', async (_, faults, step, message) => {
    const flow = new CanaryFlow(plan, faults);
    const result = await run(flow, 1);
    expect(result.passed).toBe(false);
    expect(result.problem).toMatch(message);
    expect(result.problem).toMatch(
      new RegExp(`^The canary's step "${steps[step]}" failed at the canary's deadline of 1 s\\.`),
    );
    expect(namesOf(result)).toEqual(steps.slice(0, step + 1));
    expect(flow.objects.size).toBe(0);
  });

  it('detects a wrong month and an additional month of the cash flow', async () => {
    const wrong = structuredClone(plan);
    const month = wrong.cashFlow.first[0];
    Object.assign(month as object, { net: '0.0000' });
    const result = await run(new CanaryFlow(wrong), 1);
    expect(result.problem).toMatch(
      /Expected: v_monthly_cash_flow: 2025-03 EUR income .* net 6190\.2700 .* Seen: .* net 0\.0000/,
    );

    const longer = structuredClone(plan);
    longer.cashFlow.first.push({
      ...plan.cashFlow.first[0],
      month: '2031-01',
    } as (typeof longer.cashFlow.first)[number]);
    expect((await run(new CanaryFlow(longer), 1)).problem).toMatch(/Seen: .* · 2031-01 EUR/);
  });

  it('passes although the Lambda function fails once', async () => {
    const flow = new CanaryFlow(plan, {
      answer: (question) => (question % 2 === 1 ? { FunctionError: 'Unhandled', Payload: '{}' } : undefined),
    });
    expect(await run(flow)).toMatchObject({ passed: true });
  });

  it.each([403, 404])('fails at once if the Lambda function returns %i', async (httpStatusCode) => {
    const refusal = new LambdaServiceException({
      name: 'Refused',
      message: 'not that one',
      $fault: 'client',
      $metadata: { httpStatusCode },
    });
    const flow = new CanaryFlow(plan, { answer: () => refusal });
    const result = await run(flow);
    expect(result).toMatchObject({ passed: false, problem: expect.stringContaining('Refused: not that one') });
    expect(flow.questions).toBe(1);
  });

  it('first deletes the objects of a killed canary, even of a feed that this release does not have', async () => {
    const flow = new CanaryFlow(plan);
    const [feed] = plan.feeds;
    const left = [
      `raw/${feed?.feed}/owner=centflow-canary/v6-old.csv`,
      'raw/savings_goals/owner=centflow-canary/v6.csv',
    ];
    for (const key of left) flow.leave(key, feed?.first.csv ?? '');
    flow.objects.set('raw/expenses/owner=ann/2025.csv', 'not ours');
    expect(await run(flow)).toMatchObject({ passed: true });
    expect(flow.deleted.slice(0, 2)).toEqual(left);
    expect(said).toContain(`Deleting the objects of an earlier, interrupted canary: ${left.join(', ')}.`);
    expect([...flow.objects.keys()]).toEqual(['raw/expenses/owner=ann/2025.csv']);
  });

  it('deletes an object again if its rows remain because the first deletion event was lost', async () => {
    const flow = new CanaryFlow(plan);
    flow.leave('raw/expenses/owner=centflow-canary/v6-old.csv', plan.feeds[1]?.first.csv ?? '');
    flow.objects.clear();
    expect(await run(flow)).toMatchObject({ passed: true });
    expect(flow.deleted[0]).toBe('raw/expenses/owner=centflow-canary/v6-old.csv');
  });

  it('deletes its uploads if a later upload is refused', async () => {
    const denied = Object.assign(new Error('not yours'), { name: 'AccessDenied' });
    const flow = new CanaryFlow(plan, { put: (key) => (key.includes('/incomes/') ? denied : undefined) });
    const result = await run(flow);
    expect(result.problem).toMatch(
      /"show the uploaded rows in the views" failed\. AccessDenied: not yours The canary's objects are deleted\./,
    );
    expect(flow.objects.size).toBe(0);
  });

  it('reports objects that cannot be deleted', async () => {
    const denied = Object.assign(new Error('not yours'), { name: 'AccessDenied' });
    const flow = new CanaryFlow(plan, { delete: () => denied });
    const result = await run(flow);
    expect(result.problem).toMatch(
      /The canary's objects could not be deleted \(AccessDenied: not yours\)\. The next canary deletes them before it starts: s3:\/\/centflow-dev-uploads-\d+\/raw\/budgets\//,
    );
  });

  it('fails without uploads if the release has no canary plan', async () => {
    rmSync(join(release.folder, 'canary.json'));
    const flow = new CanaryFlow(plan);
    expect(await run(flow)).toMatchObject({
      passed: false,
      steps: [],
      problem: expect.stringContaining('is not a valid canary plan'),
    });
    expect([...flow.put, ...flow.deleted]).toEqual([]);
  });
});
