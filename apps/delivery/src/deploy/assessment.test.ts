import { describe, expect, test } from 'vitest';
import type { Judgement } from '../review/index.ts';
import { AssessmentError, type Facts, reasonsToAsk, refuseWithoutApproval } from './assessment.ts';
import type { Evidence } from './evidence.ts';

const release = { version: 'v7', digest: 'aa' };
const clean: Judgement = { violations: [], exempted: [], unused: [] };
const good: Facts = {
  environment: 'production',
  release,
  evidence: { environment: 'staging', version: 'v7', digest: 'aa', canary: true, alarms: [] },
  alarms: [],
  judged: [{ stack: 'production-load', judgement: clean }],
};
const exempted: Judgement = {
  ...clean,
  exempted: [{ rule: 'destroys-data', address: 'aws_db_instance.it', what: 'replaces the database', reason: 'agreed' }],
};

describe('the assessment of a release for production', () => {
  test('requires no approval if the canary passed, no alarm is raised and the plan policy allows the plans', () => {
    expect(reasonsToAsk(good)).toEqual([]);
    expect(() => refuseWithoutApproval('production', [], [])).not.toThrow();
  });

  test.each<[string, Partial<Facts>, RegExp]>([
    ['without evidence', { evidence: undefined }, /^There is no evidence that v7 works in staging\.$/],
    [
      'if the evidence belongs to another release',
      { release: { version: 'v8', digest: 'bb' } },
      /for v7 in staging, not for v8/,
    ],
    [
      'if the evidence comes from dev',
      { evidence: { ...evidence(), environment: 'dev' } },
      /for v7 in dev, not for v7 in staging/,
    ],
    ['after a failed canary', { evidence: { ...evidence(), canary: false } }, /canary failed in staging/],
    [
      'if staging has raised alarms',
      { evidence: { ...evidence(), alarms: ['staging-load-age'] } },
      /staging: staging-load-age/,
    ],
    ['if production has raised alarms', { alarms: ['production-load-age'] }, /in production: production-load-age/],
    [
      'if the plan uses an exemption from the plan policy',
      { judged: [{ stack: 'production-store', judgement: exempted }] },
      /production-store: aws_db_instance\.it replaces the database\. Rule destroys-data/,
    ],
  ])('requires an approval %s', (_, facts, reason) => {
    const reasons = reasonsToAsk({ ...good, ...facts });
    expect(reasons).toEqual([expect.stringMatching(reason)]);
    expect(() => refuseWithoutApproval('production', reasons, [])).toThrow(AssessmentError);
    expect(() => refuseWithoutApproval('production', reasons, [])).toThrow(reasons[0]);
    expect(() => refuseWithoutApproval('production', reasons, ['ann'])).not.toThrow();
  });
});

test.each(['dev', 'staging'] as const)('a release for %s requires no approval', (environment) => {
  expect(reasonsToAsk({ ...good, environment, evidence: undefined, alarms: ['x'] })).toEqual([]);
});

function evidence(): Evidence {
  return { environment: 'staging', version: 'v7', digest: 'aa', canary: true, alarms: [] };
}
