/** Judges plans before they are applied. */

export type { Violation } from './judge.ts';
export { type NewCosts, newCosts } from './new-costs.ts';
export { type Exemption, exemptionSchema, type Judgement, judgePlan } from './plan-policy.ts';
export { code, planSummary, type StackPlan } from './plan-summary.ts';
export { UnreviewablePlanError } from './reviewed-plan.ts';
export { type RuleName, rules } from './rules.ts';
