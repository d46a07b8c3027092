/** The input and output types of a judge. A judge finds violations of the plan policy in one resource. */
import type { Names } from '@centflow/infra/names';
import type { Configuration } from './configuration.ts';
import type { ReviewedResource, Values } from './reviewed-plan.ts';
import type { RuleName } from './rules.ts';

export interface Violation {
  readonly rule: RuleName;
  readonly address: string;
  /** A description of the change in the plan, without secrets. */
  readonly what: string;
}

/** A plan under review. */
export interface Review {
  /** The AWS account of the plan. */
  readonly accountId: string;
  readonly environment: string;
  /** The stage of the stack, such as `store`. */
  readonly stage: string;
  /** The names of the environment's resources. */
  readonly names: Names;
  /** The ARN of the permissions boundary of every role of the environment. */
  readonly boundary: string;
  readonly configuration: Configuration;
  readonly variables: Values;
  /** The resources that the plan changes. */
  readonly touched: readonly ReviewedResource[];
  /** All resources of the stack, including unchanged ones. */
  readonly planned: readonly ReviewedResource[];
}

/** Returns the violations by one resource. */
export type Judge = (resource: ReviewedResource, review: Review) => Violation[];

/** Joins the first three entries, and appends the number of the other entries. */
export function listed(found: readonly string[], between = '; '): string {
  const shown = found.slice(0, 3).join(between);
  return found.length > 3 ? `${shown}${between}and ${found.length - 3} more` : shown;
}
