/**
 * Glue's list prices and the rules by which AWS bills a job run. The console, infra/ and the benchmark import this
 * file.
 */
import { divideUnits, formatUnits, parseDecimal } from '@centflow/preview/decimal';

const USD_DECIMALS = 4;
const SECONDS_PER_HOUR = 3600n;

/**
 * Prices in USD per DPU-hour, as exact decimals with four places. Most regions have the same prices; check your region.
 */
export const GLUE_PRICES = {
  source: 'AWS Glue pricing: https://aws.amazon.com/glue/pricing/ (US East; other regions can differ)',
  /** The month in which AWS listed these prices. */
  asOf: '2026-09',
  /**
   * Price for each Glue version, for G.1X workers of class STANDARD. 6.0 costs 30 % less than earlier versions.
   *
   * https://aws.amazon.com/blogs/aws/aws-glue-6-0-now-available-with-30-lower-price-and-full-apache-iceberg-v3-support/
   */
  dpuHourUsdByVersion: new Map([
    ['5.0', '0.4400'],
    ['5.1', '0.4400'],
    ['6.0', '0.3080'],
  ]),
  /** The price of a crawler, which has no Glue version. */
  crawlerDpuHourUsd: '0.4400',
  /** Glue bills every job run for at least this long. */
  minimumSeconds: 60,
} as const;

/** The DPUs of one G.1X worker: one DPU is 4 vCPU and 16 GB. */
export const DPU_PER_WORKER = 1;

/** The properties of a job run that decide its price, named as in Glue's API. */
export interface RunToPrice {
  readonly GlueVersion?: string | undefined;
  readonly ExecutionClass?: string | undefined;
  readonly WorkerType?: string | undefined;
}

/**
 * Finds the price of a DPU-hour for a job run.
 *
 * @returns undefined if no listed price applies to the run, because a guess would look like a list price
 */
export function dpuHourUsdOf(run: RunToPrice): string | undefined {
  const { GlueVersion = '', ExecutionClass = 'STANDARD', WorkerType = 'G.1X' } = run;
  if (ExecutionClass !== 'STANDARD' || WorkerType !== 'G.1X') return undefined;
  return GLUE_PRICES.dpuHourUsdByVersion.get(GlueVersion);
}

/** Returns the DPU-seconds that AWS bills: whole seconds, at least the minimum, and 0 if the run never started. */
export function billedDpuSeconds(runSeconds: number, dpus: number): number {
  if (runSeconds <= 0) return 0;
  return Math.max(GLUE_PRICES.minimumSeconds, Math.ceil(runSeconds)) * dpus;
}

/**
 * Returns the price of DPU-seconds. Calculates with whole numbers, because floats would round money.
 *
 * @param dpuHourUsd an exact decimal with four places
 * @returns USD with four decimals, rounded to the nearest
 */
export function usdOf(dpuSeconds: number, dpuHourUsd: string): string {
  const dpuHourUnits = parseDecimal(dpuHourUsd, USD_DECIMALS);
  return formatUnits(divideUnits(BigInt(Math.ceil(dpuSeconds)) * dpuHourUnits, SECONDS_PER_HOUR), USD_DECIMALS);
}
