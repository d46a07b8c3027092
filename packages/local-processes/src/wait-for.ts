import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Polls until there is a result.
 *
 * @param poll returns undefined as long as there is no result
 * @throws {Error} there was no result within the time.
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
