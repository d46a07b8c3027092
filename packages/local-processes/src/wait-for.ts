import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Calls `poll` repeatedly until it returns a result.
 *
 * @param poll returns undefined until the result is known
 * @throws {Error} if `poll` returned no result within the time limit
 */
export async function waitFor<Result>(poll: () => Promise<Result | undefined>, withinMs = 30_000): Promise<Result> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const result = await poll();
    if (result !== undefined) return result;
    if (Date.now() > deadline) throw new Error(`No result after ${withinMs / 1000} s: ${poll}`);
    await sleep(POLL_MS);
  }
}
