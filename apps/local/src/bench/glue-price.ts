/** What AWS would bill for job runs that take as long as they took here. */
import { billedDpuSeconds, DPU_PER_WORKER, GLUE_PRICE } from '@centflow/console/glue-price';
import type { Burst } from './results.ts';

/** @param runSeconds of each job run */
export function priceOf(runSeconds: readonly number[], workers: number): Burst['price'] {
  const billed = runSeconds
    .map((seconds) => billedDpuSeconds(seconds, workers * DPU_PER_WORKER))
    .reduce((sum, seconds) => sum + seconds, 0);
  return {
    ...GLUE_PRICE,
    workers,
    runSeconds: [...runSeconds],
    billedDpuSeconds: billed,
    usd: Number(((billed / 3600) * GLUE_PRICE.dpuHourUsd).toFixed(4)),
    formula: `sum over the runs of max(${GLUE_PRICE.minimumSeconds} s, seconds) × ${workers} G.1X workers × ${DPU_PER_WORKER} DPU ÷ 3600 × ${GLUE_PRICE.dpuHourUsd} USD`,
    assumption:
      'Runs take as long as on this machine. On AWS each run also waits for its workers to start, which is not billed, ' +
      'and starts a Spark session, which is: some 10 s more a run, within the minimum for short runs.',
  };
}
