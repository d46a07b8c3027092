/** How a command must have ended. */
import assert from 'node:assert/strict';
import type { Outcome } from './checkout.ts';

/** The last lines are what a person reads of it. */
function said({ output, diagnostics }: Outcome): string {
  return `${output}\n${diagnostics}`.trim().split('\n').slice(-25).join('\n');
}

export function succeeded<Ended extends Outcome>(outcome: Ended): Ended {
  assert.equal(outcome.exitCode, 0, `It ended with ${outcome.exitCode}:\n${said(outcome)}`);
  return outcome;
}

/** It ended with this code and said why. */
export function refused(outcome: Outcome, exitCode: number, why: RegExp): void {
  assert.equal(
    outcome.exitCode,
    exitCode,
    `It ended with ${outcome.exitCode} and not with ${exitCode}:\n${said(outcome)}`,
  );
  assert.match(outcome.diagnostics, why);
}
