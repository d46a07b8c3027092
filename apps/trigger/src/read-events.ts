import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchItemFailure, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { RAW_PREFIX } from './config.ts';

/** Something happened to the object with this key. What happened, the job finds out by looking. */
export interface ObjectEvent {
  readonly key: string;
  /** When S3 finished the request, as `2026-01-31T12:00:00.000Z`. */
  readonly eventTime: string;
}

/** What a batch of messages holds. */
export interface EventBatch {
  readonly events: readonly ObjectEvent[];
  /** Messages that brought at least one of the events. */
  readonly readable: readonly SQSBatchItemFailure[];
  /** Messages nothing can be done with: given back each time, until the queue moves them to its DLQ. */
  readonly unreadable: readonly SQSBatchItemFailure[];
}

/** A message of the queue is not an S3 event about the uploads bucket. */
export class UnreadableMessageError extends Error {
  override readonly name = 'UnreadableMessageError';
}

/** Told of each message that cannot be read. */
export type OnUnreadable = (message: SQSRecord, error: Error) => void;

/** S3 sends this once to a queue that has just been connected to a bucket. */
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });

/** The part of S3's event we rely on. AWS adds fields within major version 2, so others are let through. */
const s3Event = z.object({
  Records: z
    .array(
      z.object({
        eventVersion: z.string().startsWith('2.'),
        eventSource: z.literal('aws:s3'),
        eventTime: z.iso.datetime(),
        s3: z.object({
          bucket: z.object({ name: z.string() }),
          object: z.object({ key: z.string().min(1) }),
        }),
      }),
    )
    .min(1),
});

/**
 * Decodes the object key of an S3 event, which arrives form-encoded: `+` is a space, `%2B` a plus.
 *
 * @throws {UnreadableMessageError} when the escapes are not UTF-8.
 */
export function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw new UnreadableMessageError(`The object key ${encoded} is not form-encoded UTF-8, as S3 sends keys.`);
  }
}

/**
 * Reads the body of one message: no events for S3's test event, otherwise one for each S3 record.
 *
 * The kind of event is not looked at, because the job reconciles a key with what S3 holds when it runs.
 *
 * @throws {UnreadableMessageError} when any record of the message cannot be relied on.
 */
export function readMessage(body: string, bucket: string): ObjectEvent[] {
  const content = parseJson(body);
  if (testEvent.safeParse(content).success) {
    return [];
  }
  const parsed = s3Event.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the body'}: ${issue.message}`);
    throw new UnreadableMessageError(`The message is not an S3 event: ${problems.join('; ')}.`);
  }
  return parsed.data.Records.map(({ eventTime, s3 }) => {
    const key = decodeKey(s3.object.key);
    if (s3.bucket.name !== bucket) {
      throw new UnreadableMessageError(
        `The event is about bucket ${s3.bucket.name}, not ${bucket}: check which buckets notify this queue.`,
      );
    }
    if (!key.startsWith(RAW_PREFIX)) {
      throw new UnreadableMessageError(
        `The object key ${key} is not under ${RAW_PREFIX}: limit the bucket's notification to that prefix.`,
      );
    }
    return { key, eventTime: new Date(eventTime).toISOString() };
  });
}

/** Reads every message of a batch; one that is unreadable fails alone. */
export async function readEvents(batch: SQSEvent, bucket: string, onUnreadable: OnUnreadable): Promise<EventBatch> {
  const events: ObjectEvent[] = [];
  const readable: SQSBatchItemFailure[] = [];
  const response = await processPartialResponse(
    batch,
    (message: SQSRecord) => {
      const found = readMessage(message.body, bucket);
      if (found.length > 0) {
        events.push(...found);
        readable.push({ itemIdentifier: message.messageId });
      }
    },
    new MessageProcessor(onUnreadable),
    // A batch of unreadable messages only is no reason for Lambda to slow its polling down.
    { throwOnFullBatchFailure: false, processInParallel: false },
  );
  return { events, readable, unreadable: response.batchItemFailures };
}

/** Powertools' processor, which keeps an error to itself, made to report it. */
class MessageProcessor extends BatchProcessor {
  readonly #onUnreadable: OnUnreadable;

  constructor(onUnreadable: OnUnreadable) {
    super(EventType.SQS);
    this.#onUnreadable = onUnreadable;
  }

  override failureHandler(...[message, error]: Parameters<BatchProcessor['failureHandler']>) {
    this.#onUnreadable(message as SQSRecord, error);
    return super.failureHandler(message, error);
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new UnreadableMessageError('The body of the message is not JSON.');
  }
}
