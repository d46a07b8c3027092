import type { Environment } from '../../environment.ts';
import type { Conditions, Statement } from '../policy-document.ts';

/**
 * What Terraform calls for some kinds of resources.
 *
 * Both of GitHub's roles get what reads; the apply role gets what writes, too. Which calls a resource makes is seen in the
 * provider's source; which resources and conditions an action knows, in AWS's Service Authorization Reference.
 */
export interface Area {
  readonly name: string;
  /** Terraform's types of the resources, each in one area. A test finds those that the stacks make and no area names. */
  readonly types: readonly string[];
  readonly read: readonly Statement[];
  /** Empty where Terraform needs nothing but what reads. */
  readonly write: readonly Statement[];
}

export type AreaOf = (environment: Environment) => Area;

/** Only for what is tagged as this environment's; the provider's default tags are on everything. */
export function taggedAs({ name }: Pick<Environment, 'name'>): Conditions {
  return { StringEquals: { 'aws:ResourceTag/Environment': name } };
}

/** Only where the request tags what it makes as this environment's. */
export function taggingAs({ name }: Pick<Environment, 'name'>): Conditions {
  return { StringEquals: { 'aws:RequestTag/Environment': name } };
}
