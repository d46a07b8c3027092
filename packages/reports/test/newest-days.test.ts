import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daySince } from '../src/query/newest-days.ts';

const year = { firstDate: '2024-01-01', lastDate: '2024-12-31', rows: 36_600 };

describe('daySince', () => {
  test('returns the day since which there are enough rows, if rows are spread evenly over an upload’s days', () => {
    // 100 rows a day need 20 days. The number of days doubles until it is enough, so the result is 32 days.
    expect(daySince([year], 2000)).toBe('2024-11-29');
    expect(daySince([year], 2000, '2024-06-30')).toBe('2024-05-29');
  });

  test('uses only the newest upload if older uploads do not cover the days', () => {
    const month = { firstDate: '2025-01-01', lastDate: '2025-01-31', rows: 31_000 };
    expect(daySince([year, month], 2000)).toBe('2025-01-30');
  });

  test('returns undefined if the uploads have fewer rows in total', () => {
    expect(daySince([{ ...year, rows: 100 }], 2000)).toBeUndefined();
    expect(daySince([], 2000)).toBeUndefined();
    expect(daySince([year], 2000, '2023-01-01')).toBeUndefined();
  });

  test('returns a day between the first and the last day, for any uploads', () => {
    const date = fc
      .date({ min: new Date('2000-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
      .map((moment) => moment.toISOString().slice(0, 10));
    const upload = fc.record({ one: date, two: date, rows: fc.nat(1_000_000) }).map(({ one, two, rows }) => {
      const [firstDate = '', lastDate = ''] = [one, two].sort();
      return { firstDate, lastDate, rows };
    });
    fc.assert(
      fc.property(
        fc.array(upload, { maxLength: 8 }),
        date,
        fc.integer({ min: 1, max: 10_000 }),
        (uploads, until, rows) => {
          const since = daySince(uploads, rows, until);
          if (since === undefined) return;
          expect(since < until).toBe(true);
          expect(uploads.some(({ firstDate }) => firstDate < since)).toBe(true);
        },
      ),
    );
  });
});
