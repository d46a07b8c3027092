/** Glue's list prices and how AWS bills a job run by them. The console, infra/ and the benchmark all take them from here. */

/** USD per DPU-hour are exact decimals of four places. They are the same in most regions; check yours. */
export const GLUE_PRICES = {
  source: 'AWS Glue pricing: https://aws.amazon.com/glue/pricing/ (US East; other regions can differ)',
  /** Month in which these were the list's prices. */
  asOf: '2026-09',
  /**
   * By the Glue version that ran, for G.1X workers of class STANDARD: 6.0 costs 30 % less than the versions before it.
   *
   * https://aws.amazon.com/blogs/aws/aws-glue-6-0-now-available-with-30-lower-price-and-full-apache-iceberg-v3-support/
   */
  dpuHourUsdByVersion: new Map([
    ['5.0', '0.4400'],
    ['5.1', '0.4400'],
    ['6.0', '0.3080'],
  ]),
  /** A crawler has no Glue version. */
  crawlerDpuHourUsd: '0.4400',
  /** Glue bills every job run for at least this long. */
  minimumSeconds: 60,
} as const;

/** A G.1X worker is one DPU: 4 vCPU and 16 GB. */
export const DPU_PER_WORKER = 1;

/** What decides the price of a job run, named as in Glue's API. */
export interface RunToPrice {
  readonly GlueVersion?: string | undefined;
  readonly ExecutionClass?: string | undefined;
  readonly WorkerType?: string | undefined;
}

/**
 * Finds the price of a DPU-hour for a job run.
 *
 * @returns undefined if no listed price applies to the run, because a guess would look like a price
 */
export function dpuHourUsdOf(run: RunToPrice): string | undefined {
  const { GlueVersion = '', ExecutionClass = 'STANDARD', WorkerType = 'G.1X' } = run;
  if (ExecutionClass !== 'STANDARD' || WorkerType !== 'G.1X') return undefined;
  return GLUE_PRICES.dpuHourUsdByVersion.get(GlueVersion);
}

/** @returns DPU-seconds: whole seconds, the minimum for short runs, nothing for one that never ran */
export function billedDpuSeconds(runSeconds: number, dpus: number): number {
  if (runSeconds <= 0) return 0;
  return Math.max(GLUE_PRICES.minimumSeconds, Math.ceil(runSeconds)) * dpus;
}

/**
 * Multiplies in whole numbers, because money is never a float.
 *
 * @param dpuHourUsd an exact decimal with four places
 * @returns USD with four decimals, rounded to the nearest
 */
export function usdOf(dpuSeconds: number, dpuHourUsd: string): string {
  const tenThousandths = BigInt(dpuHourUsd.replace('.', ''));
  const [seconds, hour] = [BigInt(Math.ceil(dpuSeconds)), 3600n];
  const rounded = (seconds * tenThousandths + hour / 2n) / hour;
  return `${rounded / 10_000n}.${String(rounded % 10_000n).padStart(4, '0')}`;
}
