import type { JobRun, PipelineUpload } from '../../../api/contract/operations.ts';

/**
 * Returns the estimated cost of each upload in US dollars.
 *
 * The cost of a job run is divided among its uploads. The share of an upload is proportional to its rows plus one, so
 * an empty file also has a cost. Uploads of a run without a known price are omitted. Floats are precise enough for
 * estimates.
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
