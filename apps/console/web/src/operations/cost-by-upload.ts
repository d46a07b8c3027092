import type { JobRun, PipelineUpload } from '../../../api/contract/operations.ts';

/**
 * What each upload cost, in US dollars: a job run's cost, shared among its uploads by their rows (one more each, so that an
 * empty file is not free). Estimates for people, where a float's rounding is far below a cent. Uploads of a run whose price is
 * unknown have no cost here.
 */
export function calculateCosts(
  uploads: readonly PipelineUpload[],
  runs: readonly JobRun[],
): ReadonlyMap<number, number> {
  const byRun = Map.groupBy(uploads, ({ jobRunId }) => jobRunId);
  return new Map(
    runs.flatMap(({ jobRunId, usd }) => {
      if (usd === null) return [];
      const loaded = byRun.get(jobRunId) ?? [];
      const weights = loaded.map(({ rowsRead }) => rowsRead + 1);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return loaded.map(({ uploadId }, index) => [uploadId, (Number(usd) * (weights[index] ?? 0)) / total] as const);
    }),
  );
}
