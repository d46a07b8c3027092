/** How long messages wait, and how often they come again: the trigger's times and the queue's, which belong together. */
import type { Environment } from '../../environment.ts';

/** Messages gather this long before an invocation takes them: a burst of uploads becomes few job runs. */
const BATCHING_WINDOW_SECONDS = 10;
/** Messages of one invocation at most. A manifest holds any number of keys; the 6 MB of an invocation some 4,000 messages. */
const BATCH_SIZE = 1000;
/** How long one invocation asks again while Glue has no room; meanwhile further messages gather in the queue. */
const START_WAIT_SECONDS = 90;
/** Beside the wait: a cold start, the manifest, and the seconds that the trigger keeps back for cleaning up. */
const TRIGGER_TIMEOUT_SECONDS = START_WAIT_SECONDS + 30;
/** What SQS allows. */
const MOST_RECEIVES = 1000;

export interface QueueTimes {
  readonly batchingWindowSeconds: number;
  readonly batchSize: number;
  readonly startWaitSeconds: number;
  readonly triggerTimeoutSeconds: number;
  /** How long a message that was received stays hidden; then it comes again. */
  readonly visibilitySeconds: number;
  /** How often it comes before it ends among the dead letters. */
  readonly maxReceiveCount: number;
  /** How long Glue may be full: each of its runs at its time-out. */
  readonly longestWaitSeconds: number;
}

/**
 * The times of an environment.
 *
 * A message must stay hidden while it waits for its batch to fill and while the trigger works on it, or it would be worked on
 * twice. When Glue is full the trigger gives its messages back and each counts as received once more; so receives times
 * visibility must outlast a full Glue, or uploads that only had to wait would end among the dead letters (ADR 0009).
 *
 * AWS advises a visibility of six time-outs, for messages that Lambda itself holds back when it is throttled. Ours are held
 * back by the mapping's maximum concurrency, before they are received; and a full Glue should be asked again soon.
 */
export function queueTimes({ load }: Pick<Environment, 'load'>): QueueTimes {
  const longestWaitSeconds = load.timeoutMinutes * 60;
  const leastVisibility = BATCHING_WINDOW_SECONDS + TRIGGER_TIMEOUT_SECONDS + 20;
  const visibilitySeconds = Math.max(leastVisibility, Math.ceil(longestWaitSeconds / (MOST_RECEIVES - 1)));
  return {
    batchingWindowSeconds: BATCHING_WINDOW_SECONDS,
    batchSize: BATCH_SIZE,
    startWaitSeconds: START_WAIT_SECONDS,
    triggerTimeoutSeconds: TRIGGER_TIMEOUT_SECONDS,
    visibilitySeconds,
    // The first receive is no wait yet.
    maxReceiveCount: Math.ceil(longestWaitSeconds / visibilitySeconds) + 1,
    longestWaitSeconds,
  };
}
