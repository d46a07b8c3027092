/** The times of the trigger and of the queue, which depend on each other. */
import type { Environment } from '../../environment.ts';

/** The time for which Lambda collects messages, so that a burst of uploads needs few job runs. */
const BATCHING_WINDOW_SECONDS = 10;
/**
 * The limit of messages in one invocation. A manifest can contain any number of keys; the 6 MB of an invocation about 4,000
 * messages.
 */
const BATCH_SIZE = 1000;
/** How long one invocation retries while Glue has no capacity. Further messages collect in the queue. */
const START_WAIT_SECONDS = 90;
/** Adds time for a cold start, the manifest, and the trigger's clean-up. */
const TRIGGER_TIMEOUT_SECONDS = START_WAIT_SECONDS + 30;
/** The limit of SQS. */
const MOST_RECEIVES = 1000;

export interface QueueTimes {
  readonly batchingWindowSeconds: number;
  readonly batchSize: number;
  readonly startWaitSeconds: number;
  readonly triggerTimeoutSeconds: number;
  /** How long SQS hides a received message before it delivers the message again. */
  readonly visibilitySeconds: number;
  /** How often SQS delivers a message before it becomes a dead letter. */
  readonly maxReceiveCount: number;
  /** How long Glue can be full at most: until the timeout of its runs. */
  readonly longestWaitSeconds: number;
}

/**
 * Returns the times of an environment.
 *
 * A message must stay hidden while its batch fills and while the trigger processes it. Otherwise it would be processed twice. While
 * Glue is full, the trigger gives its messages back, and each attempt counts as a receive. Therefore receives times visibility must
 * exceed the time for which Glue can be full. Otherwise uploads that only had to wait would become dead letters (ADR 0009).
 *
 * AWS advises a visibility of six timeouts, for messages that Lambda delays when it is throttled. Here the mapping's maximum
 * concurrency delays messages before they are received, and the trigger should retry soon after Glue was full.
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
    // The first receive does not wait.
    maxReceiveCount: Math.ceil(longestWaitSeconds / visibilitySeconds) + 1,
    longestWaitSeconds,
  };
}
