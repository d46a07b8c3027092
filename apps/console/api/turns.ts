/**
 * Limits how many queries of one person run on the database at the same time.
 *
 * A slow search occupies a connection and a processor for seconds. Without a limit per person, a page that sends forty
 * searches takes all connections, and other people get no answer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RefusedError } from './refusal.ts';

/**
 * The maximum number of running queries per person. The smallest database servers have this many processors, so one
 * person cannot occupy more.
 */
export const RUNNING_AT_MOST = 2;
/** The maximum number of waiting requests per person. No page of the console sends this many requests at once. */
export const WAITING_AT_MOST = 16;
/** How long a request waits for its turn, in milliseconds. */
export const WAIT_MS = 5000;
/** The delay before a refusal in milliseconds. The delay slows down a client that retries immediately. */
export const REFUSAL_MS = 1000;
/** The `Retry-After` of a refusal, in seconds. */
const RETRY_AFTER_SECONDS = 2;

/** The person for whom a query runs, and the signal that cancels the query. */
export interface Requester {
  /** The token's subject. Limits count per person. */
  readonly person: string;
  /** Aborted when the client no longer waits for the answer. */
  readonly signal?: AbortSignal;
}

export interface TurnLimits {
  /** The maximum number of queries that run at the same time for all people. */
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

/**
 * Limits and orders the queries of one process, with a fair turn for each person. `shared-turns.ts` counts across all
 * Lambdas.
 */
export class Turns {
  #running = 0;
  readonly #limits: Required<TurnLimits>;
  /** People in the order of their last turn, the most recent turn at the end. */
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
   * @returns a function that ends the turn
   * @throws {RefusedError} 429 if the person has too many requests; 503 if all people together have too many, or if the
   * client closed the connection
   */
  async take({ person, signal }: Requester): Promise<() => void> {
    if (signal?.aborted) throw clientGoneError();
    const own = this.#people.get(person) ?? { running: 0, waiting: new Set() };
    if (own.waiting.size >= this.#limits.waitingAtMost) {
      await sleep(this.#limits.refusalMs);
      throw tooManyRequestsError();
    }
    this.#people.set(person, own);
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        stopWaiting();
        this.#forgetIfIdle(person, own);
        reject(reason);
      };
      const onAbort = () => leave(clientGoneError());
      const onTimeout = () =>
        leave(own.running >= this.#limits.runningAtMost ? tooManyRequestsError() : databaseBusyError());
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

/** One person has too many requests. */
export function tooManyRequestsError(): RefusedError {
  return new RefusedError(
    'too-many-requests',
    'You have too many requests in progress, perhaps in another window. Wait a moment, then try again.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

/** All people together have too many requests. */
export function databaseBusyError(): RefusedError {
  return new RefusedError('database-busy', 'Many people are using Centflow right now. Try again in a moment.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/** The client has closed the connection. This refusal appears only in the audit log. */
export function clientGoneError(): RefusedError {
  return new RefusedError('client-gone', 'The request was cancelled before it was answered. Send it again.');
}
