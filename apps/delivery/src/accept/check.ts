/** The types of checks and of their results. */
import type { Environment } from '@centflow/infra';
import type { AcceptContext } from './context.ts';

/** A check proves one property of a deployed environment. */
export interface Check {
  /** In kebab case. It must not change, because reports and lists identify checks by it. */
  readonly name: string;
  /** A sentence that is true if the check passes. */
  readonly proves: string;
  /** What to do if the check fails: a command or a page to open. */
  readonly ifItFails: string;
  /** How the check affects the whole environment; null: it affects only data of its own owner. */
  readonly disruptive: string | null;
  /** Returns why the environment lacks the checked part; undefined: it has the part. */
  readonly absent?: (environment: Environment) => string | undefined;
  /** The check runs only with this option of the command. */
  readonly option?: 'restore';
  /**
   * @returns a figure or remark for the end of the printed line
   * @throws the check failed; the message describes what it saw. {@link NotYetError}: there is nothing to check yet.
   */
  run(context: AcceptContext): Promise<string>;
}

/**
 * - `passed`, `failed`: the check ran
 * - `skipped`: the environment lacks the checked part, no option selects the check, or there is nothing to check yet
 * - `unproven`: the check cannot prove anything in this environment
 */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'unproven';

export interface Result extends Pick<Check, 'name' | 'proves' | 'ifItFails' | 'disruptive'> {
  readonly outcome: Outcome;
  readonly seconds: number;
  /** The remark if the check passed, what it saw if it failed, or why it did not run. */
  readonly detail: string;
}

/** There is nothing to check yet. The check is reported as skipped, with this message as the reason. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

/** A check failed. The message describes what it saw. */
export class SeenError extends Error {
  override readonly name = 'SeenError';
}

/** @throws {SeenError} the condition does not hold. */
export function expectThat(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new SeenError(seen);
}
