import type { SQSEvent, SQSRecord } from 'aws-lambda';
import removed from '../fixtures/s3-delete-marker-created.json' with { type: 'json' };
import created from '../fixtures/s3-object-created.json' with { type: 'json' };
import testEvent from '../fixtures/s3-test-event.json' with { type: 'json' };
import sqsMessage from '../fixtures/sqs-message.json' with { type: 'json' };

export const BUCKET = 'centflow-test-uploads';

/** Message bodies in the format that AWS documents. */
export const BODIES = {
  created: JSON.stringify(created),
  removed: JSON.stringify(removed),
  testEvent: JSON.stringify(testEvent),
};

/** The object keys of the bodies above, decoded. */
export const KEYS = {
  created: 'raw/expenses/owner=maria/March 2026 + café 🍰 100%.csv',
  removed: 'raw/incomes/2026/salary.csv.gz',
};

/** Encodes an object key as S3 does in its events. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}

interface S3Change {
  readonly key: string;
  readonly eventTime?: string;
  readonly bucket?: string;
}

/** Returns the body of a message with one S3 record for each change. */
export function s3Body(...changes: readonly S3Change[]): string {
  const [template] = created.Records;
  const Records = changes.map(({ key, eventTime = '2026-03-01T08:00:00.000Z', bucket = BUCKET }) => ({
    ...template,
    eventTime,
    s3: { ...template?.s3, bucket: { name: bucket }, object: { ...template?.s3.object, key: encodeKey(key) } },
  }));
  return JSON.stringify({ Records });
}

/**
 * Returns a batch in Lambda's format, with one message for each body. The message ids are `message-0`, `message-1`, …
 */
export function batchOf(...bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map((body, index): SQSRecord => ({ ...sqsMessage, messageId: `message-${index}`, body })),
  };
}
