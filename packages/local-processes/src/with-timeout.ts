import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for an answer, and no longer than it may take: a paused process keeps a question for as long as it is paused.
 *
 * @throws {Error} there was no answer in time, or the answer is an error.
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
