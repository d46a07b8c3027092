import { expect, test } from 'vitest';
import { readResults, withFresh } from './files.ts';

const machine = { ...readResults().machine, date: '2026-02-03T04:05:06.000Z', commit: '0123456789ab' };

test('withFresh replaces only the measured part, and records its date and commit', () => {
  const kept = readResults();
  const latency = { ...kept.latency, uploads: 7 };
  const updated = withFresh(kept, { scale: 'full', machine, seconds: 1, latency });
  expect(updated.latency.uploads).toBe(7);
  expect(updated.again).toEqual({ ...kept.again, latency: { date: machine.date, commit: machine.commit } });
  const { latency: _, again: __, ...others } = updated;
  const { latency: ___, again: ____, ...before } = kept;
  expect(others).toEqual(before);
});
