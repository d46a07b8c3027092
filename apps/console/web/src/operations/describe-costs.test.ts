import { describe, expect, test } from 'vitest';
import { formatMonth } from '../shared/dates.ts';
import { formatCost } from '../shared/numbers.ts';
import { describeCosts } from './describe-costs.ts';

const onGlue5 = { glueVersion: '5.1', dpuHourUsd: '0.4400', usd: '0.0147' };
const onGlue6 = { glueVersion: '6.0', dpuHourUsd: '0.3080', usd: '0.0103' };
const unpriced = { glueVersion: '7.0', dpuHourUsd: null, usd: null };
const list = `(list price, ${formatMonth('2026-09')})`;

describe('describeCosts', () => {
  test('shows a single price if all runs used one Glue version', () => {
    expect(describeCosts([onGlue6, onGlue6], '2026-09')).toBe(
      `2 runs, ${formatCost('0.0206')} in total. A DPU hour costs ${formatCost('0.308')} on Glue 6.0 ${list}.`,
    );
  });

  test('shows the price of each Glue version', () => {
    expect(describeCosts([onGlue6, onGlue5, onGlue5], '2026-09')).toBe(
      `3 runs, ${formatCost('0.0397')} in total. ` +
        `A DPU hour costs ${formatCost('0.308')} on Glue 6.0 and ${formatCost('0.44')} on Glue 5.1 ${list}.`,
    );
  });

  test('shows how many runs are not included in the sum', () => {
    expect(describeCosts([unpriced, onGlue6], '2026-09')).toContain(
      `2 runs, ${formatCost('0.0103')} in total (1 run of unknown cost not included).`,
    );
  });

  test('shows the price of a Glue version even if one run on that version has no price', () => {
    const flex = { ...onGlue6, dpuHourUsd: null, usd: null };
    expect(describeCosts([onGlue6, flex], '2026-09')).toContain(`${formatCost('0.308')} on Glue 6.0`);
  });

  test('shows no sum if no price is known', () => {
    expect(describeCosts([unpriced], '2026-09')).toBe('1 run. The cost is unknown, because no list price applies.');
  });
});
