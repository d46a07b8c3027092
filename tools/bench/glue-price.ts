/** Computes the price on AWS of job runs with the durations that were measured here. */

import { CommandError } from '@centflow/command-line/exit';
import { billedDpuSeconds, DPU_PER_WORKER, dpuHourUsdOf, GLUE_PRICES, usdOf } from '@centflow/console/glue-price';
import type { Burst } from './results.ts';

export interface BilledJob {
  /** G.1X workers of a run. */
  readonly workers: number;
  /** The version of Glue, which determines the price. */
  readonly glueVersion: string;
}

/**
 * Returns the price of job runs.
 *
 * @param runSeconds the seconds of each job run
 * @throws {CommandError} if the version of Glue has no listed price
 */
export function priceOf(runSeconds: readonly number[], { workers, glueVersion }: BilledJob): Burst['price'] {
  const dpuHourUsd = dpuHourUsdOf({ GlueVersion: glueVersion });
  if (dpuHourUsd === undefined) {
    throw new CommandError(
      `There is no price for a job on ${glueVersion === '' ? 'an unknown version of Glue' : `Glue ${glueVersion}`}: add it to apps/console/api/operations/glue-price.ts.`,
    );
  }
  const { source, minimumSeconds } = GLUE_PRICES;
  const billed = runSeconds
    .map((seconds) => billedDpuSeconds(seconds, workers * DPU_PER_WORKER))
    .reduce((sum, seconds) => sum + seconds, 0);
  return {
    source,
    dpuHourUsd: Number(dpuHourUsd),
    minimumSeconds,
    workers,
    runSeconds: [...runSeconds],
    billedDpuSeconds: billed,
    usd: Number(usdOf(billed, dpuHourUsd)),
    formula: `sum over the runs of max(${minimumSeconds} s, seconds) × ${workers} G.1X workers × ${DPU_PER_WORKER} DPU ÷ 3600 × ${Number(dpuHourUsd)} USD (Glue ${glueVersion})`,
    assumption:
      'Runs take as long as on this machine. On AWS each run also waits for its workers to start, which is not billed, ' +
      'and starts a Spark session, which is: some 10 s more a run, within the minimum for short runs.',
  };
}
