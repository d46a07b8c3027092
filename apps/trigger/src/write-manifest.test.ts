import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeBucket } from '../test/fakes.ts';
import { manifestKey, planManifest, removeManifest, renderManifest, writeManifest } from './write-manifest.ts';

const location = { bucket: 'centflow-test-uploads', prefix: 'manifests/' };
const line = { key: 'raw/incomes/a.csv', eventTime: '2026-03-01T08:00:00.000Z' };

describe('a manifest', () => {
  test('contains each key once, with its earliest event time', () => {
    const later = { ...line, eventTime: '2026-03-01T09:00:00.000Z' };
    const other = { key: 'raw/incomes/b.csv', eventTime: '2026-03-01T07:00:00.000Z' };
    expect(planManifest([later, other, line, later])).toEqual([line, other]);
  });

  test('has one line of ASCII JSON for each key, whatever characters the key contains', () => {
    const anyKey = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\n', '\r', '"', '\\', '\u0085', '\u2028', '🍰') }),
    );
    fc.assert(
      fc.property(fc.array(anyKey), (keys) => {
        const lines = keys.map((key) => ({ ...line, key }));
        const rendered = renderManifest(lines);
        expect(rendered).toMatch(/^[\n\x20-\x7e]*$/);
        const read = rendered.split('\n').slice(0, -1);
        expect(read.map((text) => JSON.parse(text))).toEqual(lines);
      }),
    );
  });

  test('has an object key that contains the date', () => {
    expect(manifestKey('manifests/', new Date('2026-01-02T23:59:59Z'), 'x')).toBe('manifests/2026/01/02/x.jsonl');
  });

  test('is written as JSON lines under a unique object key, and can be removed', async () => {
    const s3 = new FakeBucket();
    const first = await writeManifest(s3, location, [line], AbortSignal.timeout(1000));
    const second = await writeManifest(s3, location, [line], AbortSignal.timeout(1000));

    expect(first.uri).toMatch(/^s3:\/\/centflow-test-uploads\/manifests\/\d{4}\/\d\d\/\d\d\/[\da-f-]{36}\.jsonl$/);
    expect(first.key).not.toBe(second.key);
    expect(s3.objects.get(first.key)).toEqual({
      body: '{"key":"raw/incomes/a.csv","eventTime":"2026-03-01T08:00:00.000Z"}\n',
      contentType: 'application/x-ndjson',
    });

    await removeManifest(s3, first, AbortSignal.timeout(1000));
    expect([...s3.objects.keys()]).toEqual([second.key]);
  });
});
