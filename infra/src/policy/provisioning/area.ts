import type { Environment } from '../../environment.ts';
import type { Conditions, Statement } from '../policy-document.ts';

/**
 * The rights that Terraform needs for some types of resources.
 *
 * Both of GitHub's roles receive the rights in `read`. Only the apply role also receives the rights in `write`. The provider's
 * source shows which calls a resource makes. AWS's Service Authorization Reference shows which resources and conditions an action
 * supports.
 */
export interface Area {
  readonly name: string;
  /** The resource types of the area, as Terraform names them. A test fails if no area names a type that the stacks use. */
  readonly types: readonly string[];
  readonly read: readonly Statement[];
  /** The rights to change resources. Empty if Terraform needs only `read`. */
  readonly write: readonly Statement[];
}

export type AreaOf = (environment: Environment) => Area;

/** Returns conditions that limit a right to resources with this environment's tag. The provider tags all resources. */
export function taggedAs({ name }: Pick<Environment, 'name'>): Conditions {
  return { StringEquals: { 'aws:ResourceTag/Environment': name } };
}

/** Returns conditions that limit a right to requests that tag the new resource with this environment's name. */
export function taggingAs({ name }: Pick<Environment, 'name'>): Conditions {
  return { StringEquals: { 'aws:RequestTag/Environment': name } };
}
