/** What AWS would bill for job runs that take as long as they took here. */
import type { Burst } from './results.ts';

/** The list price of most regions. */
const PRICE = {
  source: 'AWS Glue pricing, ETL jobs: https://aws.amazon.com/glue/pricing/ (US East; other regions differ)',
  dpuHourUsd: 0.44,
  minimumSeconds: 60,
} as const;

/** A G.1X worker is one DPU: 4 vCPU and 16 GB. */
const DPU_PER_WORKER = 1;

/** @param runSeconds of each job run */
export function priceOf(runSeconds: readonly number[], workers: number): Burst['price'] {
  const billed = runSeconds.map((seconds) => Math.max(PRICE.minimumSeconds, Math.ceil(seconds)));
  const billedDpuSeconds = billed.reduce((sum, seconds) => sum + seconds, 0) * workers * DPU_PER_WORKER;
  return {
    ...PRICE,
    workers,
    runSeconds: [...runSeconds],
    billedDpuSeconds,
    usd: Number(((billedDpuSeconds / 3600) * PRICE.dpuHourUsd).toFixed(4)),
    formula: `sum over the runs of max(${PRICE.minimumSeconds} s, seconds) × ${workers} G.1X workers × ${DPU_PER_WORKER} DPU ÷ 3600 × ${PRICE.dpuHourUsd} USD`,
    assumption:
      'Runs take as long as on this machine. On AWS each run also waits for its workers to start, which is not billed, ' +
      'and starts a Spark session, which is: some 10 s more a run, within the minimum for short runs.',
  };
}
