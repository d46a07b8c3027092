import { describe, expect, test } from 'vitest';
import { evaluate, readStep } from './workflow-step.ts';

const expression = (text: string) => `\${{ ${text} }}`;

describe('a step of a workflow', () => {
  test('is run as it stands there, with its variables and the rights of its job', () => {
    const { run, variables, permissions } = readStep('plan/comment/comment');
    expect(run).toMatch(/^npm run deliver -- comment /);
    expect(variables.PULL_REQUEST).toBe(expression('github.event.pull_request.number'));
    expect(permissions).toMatchObject({ 'pull-requests': 'write' });
  });

  test('that is not there is a mistake', () => {
    expect(() => readStep('plan/comment/publish')).toThrow('plan.yml: job comment runs nothing as publish');
  });
});

describe('an expression', () => {
  test('stands for what the run has', () => {
    expect(evaluate(`evidence/${expression('inputs.after')}.json`, { 'inputs.after': 'dev' })).toBe(
      'evidence/dev.json',
    );
  });

  test('that the rehearsal has no value for is a mistake', () => {
    expect(() => evaluate(expression('secrets.KEY'), {})).toThrow(`knows no value of ${expression('secrets.KEY')}`);
  });
});
