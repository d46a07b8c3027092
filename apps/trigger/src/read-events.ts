import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchItemFailure, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { RAW_PREFIX } from './config.ts';

/**
 * A change of the object with this key. The kind of change is not stored, because the job reads the object's state from
 * S3.
 */
export interface ObjectEvent {
  readonly key: string;
  /** The time at which S3 finished the request, such as `2026-01-31T12:00:00.000Z`. */
  readonly eventTime: string;
}

/** The content of a batch of messages. */
export interface EventBatch {
  readonly events: readonly ObjectEvent[];
  /** Messages with at least one event. */
  readonly readable: readonly SQSBatchItemFailure[];
  /** Messages that cannot be processed. The handler reports them as failed until SQS moves them to the DLQ. */
  readonly unreadable: readonly SQSBatchItemFailure[];
}

/** Thrown for a message that is not an S3 event about the uploads bucket. */
export class UnreadableMessageError extends Error {
  override readonly name = 'UnreadableMessageError';
}

/** Receives each message that cannot be read, and the reason. */
export type OnUnreadable = (message: SQSRecord, error: Error) => void;

/** S3 sends this message once, when a bucket is connected to a queue. */
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });

/**
 * The fields of an S3 event that the trigger uses. Other fields are allowed, because AWS may add fields within major
 * version 2.
 */
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
 * Decodes the object key of an S3 event, which is form-encoded: `+` means a space, and `%2B` means a plus sign.
 *
 * @throws {UnreadableMessageError} if the escapes are not valid UTF-8.
 */
export function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw new UnreadableMessageError(`The object key ${encoded} is not form-encoded UTF-8, as S3 sends keys.`);
  }
}

/**
 * Returns one event for each S3 record in the body of a message, and none for S3's test event.
 *
 * The kind of event is ignored, because the job compares the database with the object that S3 then holds.
 *
 * @throws {UnreadableMessageError} if a record of the message is not a valid S3 event of the bucket.
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

/** Reads every message of a batch. An unreadable message does not affect the others. */
export async function readEvents(batch: SQSEvent, bucket: string, onUnreadable: OnUnreadable): Promise<EventBatch> {
  const events: ObjectEvent[] = [];
  const readable: SQSBatchItemFailure[] = [];
  const processor = new BatchProcessor(EventType.SQS);
  const response = await processPartialResponse(
    batch,
    (message: SQSRecord) => {
      const found = readMessage(message.body, bucket);
      if (found.length > 0) {
        events.push(...found);
        readable.push({ itemIdentifier: message.messageId });
      }
    },
    processor,
    // By default a batch without readable messages throws, and Lambda would then poll more slowly.
    { throwOnFullBatchFailure: false, processInParallel: false },
  );
  for (const [index, message] of processor.failureMessages.entries()) {
    onUnreadable(message as SQSRecord, processor.errors[index] as Error);
  }
  return { events, readable, unreadable: response.batchItemFailures };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new UnreadableMessageError('The body of the message is not JSON.');
  }
}
