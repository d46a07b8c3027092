import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a promise up to a time limit. A paused process does not respond until it is resumed.
 *
 * @throws {Error} the promise did not settle in time, or it was rejected.
 */
export async function withTimeout<Result>(answer: Promise<Result>, milliseconds: number): Promise<Result> {
  const timer = new AbortController();
  const tooLong = sleep(milliseconds, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${milliseconds / 1000} s`);
  });
  tooLong.catch(() => undefined);
  try {
    return await Promise.race([answer, tooLong]);
  } finally {
    timer.abort();
  }
}
