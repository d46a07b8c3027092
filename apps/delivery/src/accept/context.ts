/** What every check works with. */
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
  /** The release that is deployed: its canary and stacks are those that fit. */
  readonly release: Release;
  readonly account: Account;
  readonly deployed: Deployed;
  readonly uploads: OwnUploads;
  readonly web: Web;
  readonly pace: Pace;
  /** Waits on when a person has ended the command: what a check changed must be as before. */
  readonly restoring: Pace;
  /** When the environment was first deployed; undefined: no record says it. */
  readonly firstDeployedAt: Date | undefined;
  /** When the checks began. */
  readonly since: Date;
  /** Signs in, or uses a sign-in of the last minutes. */
  readonly console: () => Promise<Console>;
  /** Reports how a long check goes on. */
  readonly say: (line: string) => void;
}

/** How checks wait: nothing in them sleeps otherwise, so that an interrupt ends them and what they changed is restored. */
export class Pace {
  readonly #pauseMs: number;
  readonly #signal: AbortSignal;

  /** @param pauseMs between two questions */
  constructor(pauseMs: number, signal: AbortSignal) {
    this.#pauseMs = pauseMs;
    this.#signal = signal;
  }

  /**
   * Asks until there is an answer.
   *
   * @param what is waited for, for the message
   * @throws no answer came in time, or a person ended the command.
   */
  async until<Answer>(
    what: string,
    withinSeconds: number,
    question: () => Promise<Answer | undefined>,
  ): Promise<Answer> {
    const deadline = Date.now() + withinSeconds * 1000;
    for (;;) {
      this.#signal.throwIfAborted();
      const answer = await question();
      if (answer !== undefined) return answer;
      if (Date.now() > deadline) throw new Error(`${what}: not after ${withinSeconds} s`);
      await sleep(this.#pauseMs, undefined, { signal: this.#signal });
    }
  }

  get interrupted(): boolean {
    return this.#signal.aborted;
  }
}
