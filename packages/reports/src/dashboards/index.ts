/** All dashboards, in display order. */
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

/** Returns all visuals of a dashboard. Visuals that only a drill opens are at the end. */
export function visualsOf({ visuals, drills = [] }: Dashboard): readonly Visual[] {
  return [...visuals.map(({ visual }) => visual), ...drills];
}

/** All visuals of all dashboards, without duplicates. */
export const visuals: readonly Visual[] = [...new Set(dashboards.flatMap(visualsOf))];

const byId = new Map(visuals.map((visual) => [visual.id, visual]));

/** Returns the visual with this id, or undefined if none exists. */
export function findVisual(id: string): Visual | undefined {
  return byId.get(id);
}
