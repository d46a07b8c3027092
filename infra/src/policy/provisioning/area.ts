import type { Environment } from '../../environment.ts';
import type { Conditions, Statement } from '../policy-document.ts';

/**
 * The rights that Terraform needs for some types of resources.
 *
 * Both of GitHub's roles get `read`; the apply role also gets `write`. The provider's source shows which calls a resource makes.
 * AWS's Service Authorization Reference shows which resources and conditions an action supports.
 */
export interface Area {
  readonly name: string;
  /** Terraform's types of the resources, each in one area. A test finds types in the stacks that no area names. */
  readonly types: readonly string[];
  readonly read: readonly Statement[];
  /** Empty if Terraform needs only `read`. */
  readonly write: readonly Statement[];
}

export type AreaOf = (environment: Environment) => Area;

/** Limits a right to resources with this environment's tag. The provider's default tags are on all resources. */
export function taggedAs({ name }: Pick<Environment, 'name'>): Conditions {
  return { StringEquals: { 'aws:ResourceTag/Environment': name } };
}

/** Limits a right to requests that tag the new resource with this environment. */
export function taggingAs({ name }: Pick<Environment, 'name'>): Conditions {
  return { StringEquals: { 'aws:RequestTag/Environment': name } };
}
