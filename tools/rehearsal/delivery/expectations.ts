/** Asserts the exit code and the output of commands. */
import assert from 'node:assert/strict';
import type { Outcome } from './checkout.ts';

/** Returns the last lines of the output, for an error message. */
function lastLines({ output, diagnostics }: Outcome): string {
  return `${output}\n${diagnostics}`.trim().split('\n').slice(-25).join('\n');
}

export function assertSucceeded<Ended extends Outcome>(outcome: Ended): Ended {
  assert.equal(outcome.exitCode, 0, `The command ended with ${outcome.exitCode}:\n${lastLines(outcome)}`);
  return outcome;
}

/** Asserts that a command failed with an exit code and a reason. */
export function assertRefused(outcome: Outcome, exitCode: number, why: RegExp): void {
  assert.equal(
    outcome.exitCode,
    exitCode,
    `The command ended with ${outcome.exitCode} instead of ${exitCode}:\n${lastLines(outcome)}`,
  );
  assert.match(outcome.diagnostics, why);
}
