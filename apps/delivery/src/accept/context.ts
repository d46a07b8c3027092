/** The context that every check gets. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment, Names } from '@centflow/infra';
import type { Release } from '../release/release.ts';
import type { Account } from './account.ts';
import type { Console } from './console.ts';
import type { Deployed } from './deployed.ts';
import type { OwnUploads } from './own-uploads.ts';
import type { Web } from './web.ts';

export interface AcceptContext {
  readonly environment: Environment;
  readonly names: Names;
  /** The deployed release. Its canary plan and stacks match the environment. */
  readonly release: Release;
  readonly account: Account;
  readonly deployed: Deployed;
  readonly uploads: OwnUploads;
  readonly web: Web;
  readonly pace: Pace;
  /** Polls while a check restores its settings. An interrupt does not stop this polling, unlike that of `pace`. */
  readonly restoring: Pace;
  /** The time of the environment's first deployment. Undefined if no deployment is recorded. */
  readonly firstDeployedAt: Date | undefined;
  /** The time at which the checks began. */
  readonly since: Date;
  /** Signs in to the console, or reuses a sign-in that is at most four minutes old. */
  readonly console: () => Promise<Console>;
  /** Prints the progress of a long check. */
  readonly say: (line: string) => void;
}

/**
 * Polls on behalf of the checks. Every wait of a check uses this class, so an interrupt ends the wait and the check can
 * clean up.
 */
export class Pace {
  readonly #pauseMs: number;
  readonly #signal: AbortSignal;

  /** @param pauseMs milliseconds between two polls */
  constructor(pauseMs: number, signal: AbortSignal) {
    this.#pauseMs = pauseMs;
    this.#signal = signal;
  }

  /**
   * Polls until the query returns a value other than undefined.
   *
   * @param what the expected condition, for the error message
   * @throws the query returned no value in time, or the command was interrupted.
   */
  async until<Answer>(what: string, withinSeconds: number, query: () => Promise<Answer | undefined>): Promise<Answer> {
    const deadline = Date.now() + withinSeconds * 1000;
    for (;;) {
      this.#signal.throwIfAborted();
      const answer = await query();
      if (answer !== undefined) return answer;
      if (Date.now() > deadline) throw new Error(`not true after ${withinSeconds} s: ${what}`);
      await sleep(this.#pauseMs, undefined, { signal: this.#signal });
    }
  }

  get interrupted(): boolean {
    return this.#signal.aborted;
  }
}
