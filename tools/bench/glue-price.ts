/** Computes the price that AWS would charge for job runs, from the durations that were measured on this machine. */

import { CommandError } from '@centflow/command-line/exit';
import { billedDpuSeconds, DPU_PER_WORKER, dpuHourUsdOf, GLUE_PRICES, usdOf } from '@centflow/console/glue-price';
import type { Burst } from './results.ts';

export interface BilledJob {
  /** The number of G.1X workers of a run. */
  readonly workers: number;
  /** The version of Glue, which determines the price. */
  readonly glueVersion: string;
}

/**
 * Returns the price of job runs.
 *
 * @param runSeconds the duration of each job run in seconds
 * @throws {CommandError} if the version of Glue has no listed price
 */
export function priceOf(runSeconds: readonly number[], { workers, glueVersion }: BilledJob): Burst['price'] {
  const dpuHourUsd = dpuHourUsdOf({ GlueVersion: glueVersion });
  if (dpuHourUsd === undefined) {
    throw new CommandError(
      `No price is listed for a job on ${glueVersion === '' ? 'an unknown version of Glue' : `Glue ${glueVersion}`}. Add the price to apps/console/api/operations/glue-price.ts.`,
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
      'The durations are those of this machine. On AWS, each run also waits for its workers, which is not billed, ' +
      'and starts a Spark session, which is billed. The session adds about 10 s to a run, which for short runs is within the minimum.',
  };
}
