import { describe, expect, test } from 'vitest';
import { evaluate, readStep } from './workflow-step.ts';

const expression = (text: string) => `\${{ ${text} }}`;

describe('readStep', () => {
  test('returns the command of a step, its variables and the permissions of its job', () => {
    const { run, variables, permissions } = readStep('plan/comment/comment');
    expect(run).toMatch(/^npm run deliver -- comment /);
    expect(variables.PULL_REQUEST).toBe(expression('github.event.pull_request.number'));
    expect(permissions).toMatchObject({ 'pull-requests': 'write' });
  });

  test('rejects an unknown step', () => {
    expect(() => readStep('plan/comment/publish')).toThrow('plan.yml: job comment has no step publish with a command');
  });
});

describe('evaluate', () => {
  test('replaces an expression by its value', () => {
    expect(evaluate(`evidence/${expression('inputs.after')}.json`, { 'inputs.after': 'dev' })).toBe(
      'evidence/dev.json',
    );
  });

  test('rejects an expression without a value', () => {
    expect(() => evaluate(expression('secrets.KEY'), {})).toThrow(
      `does not define a value for ${expression('secrets.KEY')}`,
    );
  });
});
