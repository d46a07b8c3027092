/** The types of checks and of their results. */
import type { Environment } from '@centflow/infra';
import type { AcceptContext } from './context.ts';

/** A check proves one property of a deployed environment. */
export interface Check {
  /** The kebab-case name. It must not change, because reports and the list of unproven checks refer to it. */
  readonly name: string;
  /** A sentence that is true if the check passes. */
  readonly proves: string;
  /** What to do if the check fails: a command or a page to open. */
  readonly ifItFails: string;
  /** How the check disturbs the environment. Null if the check only touches the data of its own owner. */
  readonly disruptive: string | null;
  /** Returns the reason why the environment lacks the checked part, or undefined if the part exists. */
  readonly absent?: (environment: Environment) => string | undefined;
  /** The command-line option without which the check is skipped. */
  readonly option?: 'restore';
  /**
   * @returns a figure or remark for the end of the printed line
   * @throws an error that describes the actual state if the check fails; {@link NotYetError} if there is nothing to
   *   check yet
   */
  run(context: AcceptContext): Promise<string>;
}

/**
 * - `passed`, `failed`: the result of a check that ran
 * - `skipped`: the environment lacks the checked part, no option selects the check, or there is nothing to check yet
 * - `unproven`: the check cannot prove anything in this environment
 */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'unproven';

export interface Result extends Pick<Check, 'name' | 'proves' | 'ifItFails' | 'disruptive'> {
  readonly outcome: Outcome;
  readonly seconds: number;
  /** Passed: a remark. Failed: the actual state. Otherwise: the reason why the check did not run. */
  readonly detail: string;
}

/** Thrown if there is nothing to check yet. The check is reported as skipped, with this message as the reason. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

/** Thrown if a check fails. The message describes the actual state. */
export class SeenError extends Error {
  override readonly name = 'SeenError';
}

/** @throws {SeenError} the condition does not hold. */
export function expectThat(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new SeenError(seen);
}
