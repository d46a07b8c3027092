/** What a judge of plans gets and gives. */
import type { Names } from '@centflow/infra/names';
import type { Configuration } from './configuration.ts';
import type { ReviewedResource, Values } from './reviewed-plan.ts';
import type { RuleName } from './rules.ts';

export interface Violation {
  readonly rule: RuleName;
  readonly address: string;
  /** What the plan would do, in words without secrets. */
  readonly what: string;
}

/** A plan under review. */
export interface Review {
  /** The AWS account that it is for. */
  readonly accountId: string;
  readonly environment: string;
  /** The stage whose stack it is: `store`. */
  readonly stage: string;
  /** What the environment's things are called. */
  readonly names: Names;
  /** The ARN of the policy that bounds every role of the environment. */
  readonly boundary: string;
  readonly configuration: Configuration;
  readonly variables: Values;
  /** The resources that it changes. */
  readonly touched: readonly ReviewedResource[];
  /** With those that stay as they are. */
  readonly planned: readonly ReviewedResource[];
}

/** Finds what one resource breaks. */
export type Judge = (resource: ReviewedResource, review: Review) => Violation[];

/** The first three, and how many more there are. */
export function listed(found: readonly string[], between = '; '): string {
  const shown = found.slice(0, 3).join(between);
  return found.length > 3 ? `${shown}${between}and ${found.length - 3} more` : shown;
}
