import { describe, expect, test } from 'vitest';
import type { JobRun, PipelineUpload } from '../../../api/contract/operations.ts';
import { calculateCosts } from './cost-by-upload.ts';

const upload = (uploadId: number, jobRunId: string, rowsRead: number) =>
  ({ uploadId, jobRunId, rowsRead }) as PipelineUpload;
const run = (jobRunId: string, usd: string | null) => ({ jobRunId, usd }) as JobRun;

describe('calculateCosts', () => {
  test('divides the cost of a run among its uploads in proportion to their rows', () => {
    const costs = calculateCosts([upload(1, 'jr_1', 9), upload(2, 'jr_1', 29)], [run('jr_1', '0.0400')]);
    expect(costs.get(1)).toBeCloseTo(0.01);
    expect(costs.get(2)).toBeCloseTo(0.03);
  });

  test('returns no cost for uploads of a run whose price is unknown', () => {
    const costs = calculateCosts(
      [upload(1, 'jr_1', 9), upload(2, 'jr_2', 9)],
      [run('jr_1', null), run('jr_2', '0.0103')],
    );
    expect([...costs.keys()]).toEqual([2]);
  });
});
