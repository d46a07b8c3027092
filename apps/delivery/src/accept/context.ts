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
  /** Keeps waiting after an interrupt, because a check must restore what it changed. */
  readonly restoring: Pace;
  /** When the environment was first deployed; undefined: no record exists. */
  readonly firstDeployedAt: Date | undefined;
  /** When the checks began. */
  readonly since: Date;
  /** Signs in to the console, or reuses a sign-in of the last minutes. */
  readonly console: () => Promise<Console>;
  /** Prints the progress of a long check. */
  readonly say: (line: string) => void;
}

/** Polls for the checks. They sleep nowhere else, so that an interrupt ends them and they restore what they changed. */
export class Pace {
  readonly #pauseMs: number;
  readonly #signal: AbortSignal;

  /** @param pauseMs milliseconds between two polls */
  constructor(pauseMs: number, signal: AbortSignal) {
    this.#pauseMs = pauseMs;
    this.#signal = signal;
  }

  /**
   * Polls until the query returns an answer.
   *
   * @param what the expected condition, for the error message
   * @throws no answer came in time, or the command was interrupted.
   */
  async until<Answer>(what: string, withinSeconds: number, query: () => Promise<Answer | undefined>): Promise<Answer> {
    const deadline = Date.now() + withinSeconds * 1000;
    for (;;) {
      this.#signal.throwIfAborted();
      const answer = await query();
      if (answer !== undefined) return answer;
      if (Date.now() > deadline) throw new Error(`${what}: not after ${withinSeconds} s`);
      await sleep(this.#pauseMs, undefined, { signal: this.#signal });
    }
  }

  get interrupted(): boolean {
    return this.#signal.aborted;
  }
}
