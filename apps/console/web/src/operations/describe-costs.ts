import type { JobRun } from '../../../api/contract/operations.ts';
import { formatMonth } from '../shared/dates.ts';
import { sumAmounts } from '../shared/decimals.ts';
import { formatCost, formatCount } from '../shared/numbers.ts';

type RunCosts = Pick<JobRun, 'glueVersion' | 'dpuHourUsd' | 'usd'>;

/**
 * Describes the total cost of job runs and their prices. Runs without a known price count in the number of
 * runs, but not in the total cost.
 *
 * @param asOf month of the price list, such as `2026-09`
 */
export function describeCosts(runs: readonly RunCosts[], asOf: string): string {
  const count = formatCount(runs.length, 'run');
  const usd = runs.flatMap((run) => run.usd ?? []);
  if (usd.length === 0) return `${count}. The cost is unknown, because no list price applies.`;
  const unknown = runs.length - usd.length;
  const exception = unknown === 0 ? '' : ` (${formatCount(unknown, 'run')} of unknown cost not included)`;
  return (
    `${count}, ${formatCost(sumAmounts(usd))} in total${exception}. ` +
    `A DPU hour costs ${listPrices(runs).join(' and ')} (list price, ${formatMonth(asOf)}).`
  );
}

/** Returns the price of each Glue version in the runs. */
function listPrices(runs: readonly RunCosts[]): string[] {
  const priced = runs.flatMap(({ glueVersion, dpuHourUsd }) =>
    dpuHourUsd === null ? [] : [[glueVersion, dpuHourUsd] as const],
  );
  return [...new Map(priced)].map(([version, price]) => `${formatCost(price)} on Glue ${version}`);
}
