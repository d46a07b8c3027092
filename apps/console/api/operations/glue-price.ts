/** What AWS bills for a job run. */

/** The list price of most regions. */
export const GLUE_PRICE = {
  source: 'AWS Glue pricing, ETL jobs: https://aws.amazon.com/glue/pricing/ (US East; other regions differ)',
  dpuHourUsd: 0.44,
  /** Every run is billed for this long at least. */
  minimumSeconds: 60,
} as const;

/** A G.1X worker is one DPU: 4 vCPU and 16 GB. */
export const DPU_PER_WORKER = 1;

/** @returns DPU-seconds: whole seconds, the minimum for short runs, nothing for one that never ran */
export function billedDpuSeconds(runSeconds: number, dpus: number): number {
  if (runSeconds <= 0) return 0;
  return Math.max(GLUE_PRICE.minimumSeconds, Math.ceil(runSeconds)) * dpus;
}

/** USD with four decimals, rounded to the nearest. Computed in whole numbers: money is never a float. */
export function usdOf(dpuSeconds: number): string {
  const centsOfCents = BigInt(Math.round(GLUE_PRICE.dpuHourUsd * 10_000));
  const [seconds, hour] = [BigInt(Math.ceil(dpuSeconds)), 3600n];
  const rounded = (seconds * centsOfCents + hour / 2n) / hour;
  return `${rounded / 10_000n}.${String(rounded % 10_000n).padStart(4, '0')}`;
}
