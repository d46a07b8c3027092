import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BODIES, BUCKET, batchOf, encodeKey, KEYS, s3Body } from '../test/messages.ts';
import { decodeKey, readEvents, readMessage, UnreadableMessageError } from './read-events.ts';

describe('an object key', () => {
  const anyKey = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: fc.constantFrom(' ', '+', '%', '=', '/', '%20', '&', '🍰', 'é', '\u2028'), minLength: 1 }),
  );

  test('survives the encoding S3 uses in its events', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(decodeKey(encodeKey(key))).toBe(key);
      }),
    );
  });

  test('survives the encoding of HTML forms', () => {
    const formEncode = (key: string) => new URLSearchParams({ key }).toString().slice('key='.length);
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(decodeKey(formEncode(key))).toBe(key);
      }),
    );
  });

  test.each(['raw/expenses/100%.csv', 'raw/expenses/%FF.csv'])('that is not encoded UTF-8 is refused: %s', (key) => {
    expect(() => decodeKey(key)).toThrow(UnreadableMessageError);
  });
});

describe('a message', () => {
  test('about a created object gives its key and time', () => {
    expect(readMessage(BODIES.created, BUCKET)).toEqual([{ key: KEYS.created, eventTime: '2026-03-01T08:30:12.345Z' }]);
  });

  test('about a delete marker gives its key like any other', () => {
    expect(readMessage(BODIES.removed, BUCKET)).toEqual([{ key: KEYS.removed, eventTime: '2026-03-01T09:00:00.000Z' }]);
  });

  test('with several S3 records gives an event for each', () => {
    const body = s3Body({ key: 'raw/incomes/a.csv' }, { key: 'raw/budgets/b.csv' });
    expect(readMessage(body, BUCKET).map(({ key }) => key)).toEqual(['raw/incomes/a.csv', 'raw/budgets/b.csv']);
  });

  test("that is S3's test event gives nothing", () => {
    expect(readMessage(BODIES.testEvent, BUCKET)).toEqual([]);
  });

  test('with fields AWS may add later is read all the same', () => {
    const body = BODIES.created.replace('"eventVersion":"2.5"', '"eventVersion":"2.9","newData":{"any":1}');
    expect(readMessage(body, BUCKET)).toHaveLength(1);
  });

  test.each([
    ['that is not JSON', 'hello', /not JSON/],
    ['that is no S3 event', '{"detail-type":"Object Created"}', /not an S3 event: Records/],
    ['that is bare text', '"hello"', /not an S3 event: the body/],
    ['without S3 records', '{"Records":[]}', /not an S3 event: Records/],
    ['of another major version', BODIES.created.replace('"2.5"', '"3.0"'), /Records\.0\.eventVersion/],
    ['without a key', BODIES.created.replace('"key"', '"name"'), /Records\.0\.s3\.object\.key/],
    ['about another bucket', s3Body({ key: 'raw/x.csv', bucket: 'other' }), /bucket other, not centflow-test-uploads/],
    ['about a manifest', s3Body({ key: 'manifests/x.jsonl' }), /manifests\/x\.jsonl is not under raw\//],
    ['with a broken key', BODIES.created.replace('%F0%9F', '%F0'), /not form-encoded UTF-8/],
  ])('%s is refused with the reason', (_, body, reason) => {
    expect(() => readMessage(body, BUCKET)).toThrow(UnreadableMessageError);
    expect(() => readMessage(body, BUCKET)).toThrow(reason);
  });
});

describe('a batch', () => {
  test('lets an unreadable message fail alone, and tells why', async () => {
    const told: string[] = [];
    const batch = batchOf(BODIES.created, 'hello', BODIES.testEvent, BODIES.removed);
    const read = await readEvents(batch, BUCKET, ({ messageId }, error) => told.push(`${messageId}: ${error.message}`));

    expect(read.events.map(({ key }) => key)).toEqual([KEYS.created, KEYS.removed]);
    expect(read.readable).toEqual([{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-3' }]);
    expect(read.unreadable).toEqual([{ itemIdentifier: 'message-1' }]);
    expect(told).toEqual(['message-1: The body of the message is not JSON.']);
  });

  test('takes nothing from a message of which one S3 record is unreadable', async () => {
    const body = s3Body({ key: 'raw/incomes/a.csv' }, { key: 'manifests/b.jsonl' });
    const read = await readEvents(batchOf(body), BUCKET, () => undefined);
    expect(read).toEqual({ events: [], readable: [], unreadable: [{ itemIdentifier: 'message-0' }] });
  });

  test('of unreadable messages only reports them instead of failing', async () => {
    const read = await readEvents(batchOf('a', 'b'), BUCKET, () => undefined);
    expect(read.unreadable).toHaveLength(2);
  });
});
