import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type FailedCheck, judge, runCheckov } from '../src/checkov/run-checkov.ts';
import { suppressions } from '../src/checkov/suppressions.ts';
import { readEnvironments } from '../src/environments.ts';
import { synthesise } from '../src/synthesise.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-checkov-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the checkov report', () => {
  test('contains exactly the failed checks that are suppressed', async () => {
    synthesise(readEnvironments(), folder);
    const { passed, failed } = await runCheckov(folder);
    expect(passed).toBeGreaterThan(700);
    const { unexplained, unneeded } = judge(failed, suppressions);
    const lines = unexplained.map(({ check, resource, title }) => `${check} ${resource}: ${title}`);
    expect(lines, 'fix these, or give the reason in infra/src/checkov/suppressions.ts').toEqual([]);
    expect(unneeded.map(({ check, reason }) => `${check}: ${reason}`)).toEqual([]);
  }, 300_000);

  test('is compared with the suppressions by check and resource', () => {
    const found = (check: string, resource: string): FailedCheck => ({ check, resource, title: '' });
    const explained = { check: 'CKV_1', resources: [/^dev-.*bucket/], reason: 'because' };
    expect(judge([found('CKV_1', 'dev-store/bucket'), found('CKV_2', 'dev-store/bucket')], [explained])).toEqual({
      unexplained: [found('CKV_2', 'dev-store/bucket')],
      unneeded: [],
    });
    expect(judge([found('CKV_1', 'staging-store/bucket')], [explained])).toEqual({
      unexplained: [found('CKV_1', 'staging-store/bucket')],
      unneeded: [explained],
    });
  });
});
