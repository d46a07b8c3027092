/**
 * How many questions of one person reach the database at once.
 *
 * A slow search takes a connection and a processor for seconds. Without a limit per person, one page that sends forty of them
 * takes all connections, and nobody else gets an answer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './refusal.ts';

/** Questions of one person that run at once: as many as the smallest servers have processors, so that others get their share. */
export const RUNNING_AT_MOST = 2;
/** Questions of one person that wait: more than any page sends at once. */
export const WAITING_AT_MOST = 16;
/** How long a question waits for its turn. */
export const WAIT_MS = 5000;
/** How long a refusal takes: whoever asks again at once does not keep the process busy with refusals. */
export const REFUSAL_MS = 1000;
/** When to ask again after a refusal. */
const RETRY_AFTER_SECONDS = 2;

/** Who asks the database. */
export interface Asker {
  /** The token's subject, which the limits count by. */
  readonly person: string;
  /** Aborted once nobody waits for the answer. */
  readonly signal?: AbortSignal;
}

export interface TurnLimits {
  /** Questions of all persons that run at once. */
  readonly connections: number;
  readonly runningAtMost?: number;
  readonly waitingAtMost?: number;
  readonly waitMs?: number;
  readonly refusalMs?: number;
}

interface Person {
  running: number;
  readonly waiting: Set<() => void>;
}

/** Gives turns to persons one after the other, within one process. `shared-turns.ts` counts over all Lambdas. */
export class Turns {
  #running = 0;
  readonly #limits: Required<TurnLimits>;
  /** Whoever was given a turn last comes last. */
  readonly #people = new Map<string, Person>();

  constructor(limits: TurnLimits) {
    this.#limits = {
      ...{ runningAtMost: RUNNING_AT_MOST, waitingAtMost: WAITING_AT_MOST, waitMs: WAIT_MS, refusalMs: REFUSAL_MS },
      ...limits,
    };
  }

  /**
   * Waits for a turn.
   *
   * @returns ends the turn
   * @throws {Refusal} 429 if the person has too many questions, 503 if all persons together have or if nobody waits any more
   */
  async take({ person, signal }: Asker): Promise<() => void> {
    if (signal?.aborted) throw abandoned();
    const own = this.#people.get(person) ?? { running: 0, waiting: new Set() };
    if (own.waiting.size >= this.#limits.waitingAtMost) {
      await sleep(this.#limits.refusalMs);
      throw tooManyAtOnce();
    }
    this.#people.set(person, own);
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        stopWaiting();
        this.#forgetIfIdle(person, own);
        reject(reason);
      };
      const onAbort = () => leave(abandoned());
      const onTimeout = () => leave(own.running >= this.#limits.runningAtMost ? tooManyAtOnce() : tooBusy());
      const begin = () => {
        stopWaiting();
        resolve(() => this.#end(person, own));
      };
      const stopWaiting = () => {
        own.waiting.delete(begin);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const timer = setTimeout(onTimeout, this.#limits.waitMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      own.waiting.add(begin);
      this.#giveTurns();
    });
  }

  #giveTurns(): void {
    while (this.#running < this.#limits.connections) {
      const next = [...this.#people].find(
        ([, { running, waiting }]) => waiting.size > 0 && running < this.#limits.runningAtMost,
      );
      if (next === undefined) return;
      const [person, own] = next;
      const [begin] = own.waiting;
      this.#running += 1;
      own.running += 1;
      this.#people.delete(person);
      this.#people.set(person, own);
      begin?.();
    }
  }

  #end(person: string, own: Person): void {
    this.#running -= 1;
    own.running -= 1;
    this.#forgetIfIdle(person, own);
    this.#giveTurns();
  }

  #forgetIfIdle(person: string, { running, waiting }: Person): void {
    if (running === 0 && waiting.size === 0) this.#people.delete(person);
  }
}

/** The person is the reason. */
export function tooManyAtOnce(): Refusal {
  return new Refusal(
    429,
    'You have too many requests under way, perhaps in another window. Wait until some have ended, then try again.',
    undefined,
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

/** All persons together are the reason. */
export function tooBusy(): Refusal {
  return new Refusal(503, 'Many people are looking at their money right now. Try again in a moment.', undefined, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/** Nobody reads this answer, but the audit log shows how the request ended. */
export function abandoned(): Refusal {
  return new Refusal(503, 'The request was given up before its answer.');
}
