/** Calculates the timeouts of the trigger and of the queue, which depend on each other. */
import type { Environment } from '../../environment.ts';

/** The time for which Lambda collects messages, so that a burst of uploads needs few job runs. */
const BATCHING_WINDOW_SECONDS = 10;
/**
 * The maximum number of messages in one invocation. A payload of 6 MB, Lambda's maximum, can contain about 4,000
 * messages. A manifest can contain any number of keys.
 */
const BATCH_SIZE = 1000;
/** The time for which one invocation retries while Glue lacks capacity. Meanwhile, further messages wait in the queue. */
const START_WAIT_SECONDS = 90;
/** The trigger's timeout, which includes time for a cold start, the manifest, and the clean-up. */
const TRIGGER_TIMEOUT_SECONDS = START_WAIT_SECONDS + 30;
/** The maximum receive count that SQS accepts. */
const MOST_RECEIVES = 1000;

export interface QueueTimes {
  readonly batchingWindowSeconds: number;
  readonly batchSize: number;
  readonly startWaitSeconds: number;
  readonly triggerTimeoutSeconds: number;
  /** The time for which SQS hides a received message before SQS delivers the message again. */
  readonly visibilitySeconds: number;
  /** The number of times that SQS delivers a message before the message becomes a dead letter. */
  readonly maxReceiveCount: number;
  /** The longest time for which Glue can be full. After this time, its job runs have timed out. */
  readonly longestWaitSeconds: number;
}

/**
 * Returns the times of an environment.
 *
 * A message must stay hidden while its batch fills and while the trigger processes the batch. Otherwise the trigger
 * would process the message twice.
 *
 * While Glue is full, the trigger returns its messages to the queue, and each attempt counts as a receive. The maximum
 * receive count times the visibility timeout must therefore exceed the time for which Glue can be full. Otherwise
 * uploads that only had to wait would become dead letters (ADR 0009).
 *
 * AWS recommends a visibility timeout of six function timeouts, because Lambda delays messages while it is throttled.
 * A shorter timeout is enough here, because the mapping's maximum concurrency delays messages before Lambda receives
 * them. With the shorter timeout, the trigger retries soon after Glue was full.
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
    // The first receive happens without a wait, so it is added.
    maxReceiveCount: Math.ceil(longestWaitSeconds / visibilitySeconds) + 1,
    longestWaitSeconds,
  };
}
