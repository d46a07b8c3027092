/** Every dashboard, in the order in which readers see them. */
import type { Dashboard, Visual } from '../model.ts';
import { accounts } from './accounts.ts';
import { budget } from './budget.ts';
import { cashFlow } from './cash-flow.ts';
import { dataQuality } from './data-quality.ts';
import { income } from './income.ts';
import { patterns } from './patterns.ts';
import { places } from './places.ts';
import { spending } from './spending.ts';

export const dashboards: readonly Dashboard[] = [
  cashFlow,
  spending,
  budget,
  income,
  accounts,
  places,
  patterns,
  dataQuality,
];

/** Returns every visual of a dashboard. Those that only a drill opens come last. */
export function visualsOf({ visuals, drills = [] }: Dashboard): readonly Visual[] {
  return [...visuals.map(({ visual }) => visual), ...drills];
}

/** Every visual of every dashboard, each once. */
export const visuals: readonly Visual[] = [...new Set(dashboards.flatMap(visualsOf))];

const byId = new Map(visuals.map((visual) => [visual.id, visual]));

/** Returns the visual of an id; undefined if there is none. */
export function findVisual(id: string): Visual | undefined {
  return byId.get(id);
}
