/** What a check is, and how it ends. */
import type { Environment } from '@centflow/infra';
import type { AcceptContext } from './context.ts';

/** One thing that a deployed environment must show. */
export interface Check {
  /** Kebab-case; stays the same, because reports and lists name checks by it. */
  readonly name: string;
  /** What holds if the check passes, as a sentence. */
  readonly proves: string;
  /** What a person does if it fails: a command or a page. */
  readonly ifItFails: string;
  /** What the check does to the whole environment; null: it touches only data of its own owner. */
  readonly disruptive: string | null;
  /** Why an environment does not have what is checked; undefined: it has it. */
  readonly absent?: (environment: Environment) => string | undefined;
  /** Runs only if a person asks for it by this option of the command. */
  readonly option?: 'restore';
  /**
   * @returns a figure or remark that stands behind the line
   * @throws the check failed: the message says what was seen. {@link NotYetError}: there is nothing to judge yet.
   */
  run(context: AcceptContext): Promise<string>;
}

/**
 * - `passed`, `failed`: it ran
 * - `skipped`: the environment does not have it, nobody asked for it, or there is nothing to judge yet
 * - `unproven`: it cannot be shown where it ran
 */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'unproven';

export interface Result extends Pick<Check, 'name' | 'proves' | 'ifItFails' | 'disruptive'> {
  readonly outcome: Outcome;
  readonly seconds: number;
  /** The remark of a check that passed, what a failed one saw, or the reason of the others. */
  readonly detail: string;
}

/** The check has nothing to judge yet: it is reported as skipped, with this reason. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

/** What a check saw is not what must hold. */
export class SeenError extends Error {
  override readonly name = 'SeenError';
}

/** @throws {SeenError} the condition does not hold. */
export function expectThat(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new SeenError(seen);
}
