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

describe('a release is deployed to production', () => {
  test('automatically if canary, alarms and plan policy are good', () => {
    expect(reasonsToAsk(good)).toEqual([]);
    expect(() => refuseWithoutApproval('production', [], [])).not.toThrow();
  });

  test.each<[string, Partial<Facts>, RegExp]>([
    ['without evidence', { evidence: undefined }, /^There is no evidence that v7 works in staging\.$/],
    [
      'with the evidence of another release',
      { release: { version: 'v8', digest: 'bb' } },
      /for v7 in staging, not for v8/,
    ],
    [
      'with the evidence of dev',
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
      'with an exemption',
      { judged: [{ stack: 'production-store', judgement: exempted }] },
      /production-store: aws_db_instance\.it replaces the database\. Rule destroys-data/,
    ],
  ])('%s only with an approval', (_, facts, reason) => {
    const reasons = reasonsToAsk({ ...good, ...facts });
    expect(reasons).toEqual([expect.stringMatching(reason)]);
    expect(() => refuseWithoutApproval('production', reasons, [])).toThrow(AssessmentError);
    expect(() => refuseWithoutApproval('production', reasons, [])).toThrow(reasons[0]);
    expect(() => refuseWithoutApproval('production', reasons, ['ann'])).not.toThrow();
  });
});

test.each(['dev', 'staging'] as const)('%s needs no approval', (environment) => {
  expect(reasonsToAsk({ ...good, environment, evidence: undefined, alarms: ['x'] })).toEqual([]);
});

function evidence(): Evidence {
  return { environment: 'staging', version: 'v7', digest: 'aa', canary: true, alarms: [] };
}
