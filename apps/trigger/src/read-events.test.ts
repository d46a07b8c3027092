import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BODIES, BUCKET, batchOf, encodeKey, KEYS, s3Body } from '../test/messages.ts';
import { decodeKey, readEvents, readMessage, UnreadableMessageError } from './read-events.ts';

describe('decodeKey', () => {
  const anyKey = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: fc.constantFrom(' ', '+', '%', '=', '/', '%20', '&', '🍰', 'é', '\u2028'), minLength: 1 }),
  );

  test('decodes the encoding that S3 uses in its events', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(decodeKey(encodeKey(key))).toBe(key);
      }),
    );
  });

  test('decodes `+` and percent escapes as in HTML forms', () => {
    const formEncode = (key: string) => new URLSearchParams({ key }).toString().slice('key='.length);
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(decodeKey(formEncode(key))).toBe(key);
      }),
    );
  });

  test.each(['raw/expenses/100%.csv', 'raw/expenses/%FF.csv'])(
    'rejects the key %s, because its escapes are not valid UTF-8',
    (key) => {
      expect(() => decodeKey(key)).toThrow(UnreadableMessageError);
    },
  );
});

describe('readMessage', () => {
  test('returns the key and time of a created object', () => {
    expect(readMessage(BODIES.created, BUCKET)).toEqual([{ key: KEYS.created, eventTime: '2026-03-01T08:30:12.345Z' }]);
  });

  test('returns the key and time of a delete marker', () => {
    expect(readMessage(BODIES.removed, BUCKET)).toEqual([{ key: KEYS.removed, eventTime: '2026-03-01T09:00:00.000Z' }]);
  });

  test('returns one event for each S3 record of a message', () => {
    const body = s3Body({ key: 'raw/incomes/a.csv' }, { key: 'raw/budgets/b.csv' });
    expect(readMessage(body, BUCKET).map(({ key }) => key)).toEqual(['raw/incomes/a.csv', 'raw/budgets/b.csv']);
  });

  test("returns no event for S3's test event", () => {
    expect(readMessage(BODIES.testEvent, BUCKET)).toEqual([]);
  });

  test('accepts fields that AWS may add later', () => {
    const body = BODIES.created.replace('"eventVersion":"2.5"', '"eventVersion":"2.9","newData":{"any":1}');
    expect(readMessage(body, BUCKET)).toHaveLength(1);
  });

  test.each([
    ['a message that is not JSON', 'hello', /not JSON/],
    ['a message that is not an S3 event', '{"detail-type":"Object Created"}', /not an S3 event: Records/],
    ['a message that is a JSON string', '"hello"', /not an S3 event: the body/],
    ['a message without S3 records', '{"Records":[]}', /not an S3 event: Records/],
    ['an event of another major version', BODIES.created.replace('"2.5"', '"3.0"'), /Records\.0\.eventVersion/],
    ['an event without a key', BODIES.created.replace('"key"', '"name"'), /Records\.0\.s3\.object\.key/],
    [
      'an event of another bucket',
      s3Body({ key: 'raw/x.csv', bucket: 'other' }),
      /bucket other, not centflow-test-uploads/,
    ],
    ['an event about a manifest', s3Body({ key: 'manifests/x.jsonl' }), /manifests\/x\.jsonl is not under raw\//],
    ['an event with an invalid key', BODIES.created.replace('%F0%9F', '%F0'), /not form-encoded UTF-8/],
  ])('rejects %s with the reason', (_, body, reason) => {
    expect(() => readMessage(body, BUCKET)).toThrow(UnreadableMessageError);
    expect(() => readMessage(body, BUCKET)).toThrow(reason);
  });
});

describe('readEvents', () => {
  test('reports only the unreadable message, with the reason', async () => {
    const reported: string[] = [];
    const batch = batchOf(BODIES.created, 'hello', BODIES.testEvent, BODIES.removed);
    const read = await readEvents(batch, BUCKET, ({ messageId }, error) =>
      reported.push(`${messageId}: ${error.message}`),
    );

    expect(read.events.map(({ key }) => key)).toEqual([KEYS.created, KEYS.removed]);
    expect(read.readable).toEqual([{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-3' }]);
    expect(read.unreadable).toEqual([{ itemIdentifier: 'message-1' }]);
    expect(reported).toEqual(['message-1: The body of the message is not JSON.']);
  });

  test('returns no events from a message if one of its S3 records is unreadable', async () => {
    const body = s3Body({ key: 'raw/incomes/a.csv' }, { key: 'manifests/b.jsonl' });
    const read = await readEvents(batchOf(body), BUCKET, () => undefined);
    expect(read).toEqual({ events: [], readable: [], unreadable: [{ itemIdentifier: 'message-0' }] });
  });

  test('does not throw if all messages are unreadable', async () => {
    const read = await readEvents(batchOf('a', 'b'), BUCKET, () => undefined);
    expect(read.unreadable).toHaveLength(2);
  });
});
