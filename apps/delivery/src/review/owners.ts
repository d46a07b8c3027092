/**
 * Determines whether a plan creates, keeps or deletes the owner of a resource. The owner is the resource to which the
 * other belongs: a bucket owns its bucket policy.
 */
import { referenceOf } from './configuration.ts';
import type { Review } from './judge.ts';
import type { ReviewedResource, Values } from './reviewed-plan.ts';
import { belongings } from './rules.ts';

/**
 * Returns whether the same plan creates the owner. Only a reference to the owner proves this. An unknown name may
 * belong to an existing resource. With a literal name, Terraform does not wait until the owner exists, and creating the
 * owner may fail.
 */
export function isOwnerNew(resource: ReviewedResource, { touched, configuration }: Review): boolean {
  const belonging = belongings[resource.type];
  const owner = belonging && referenceOf(resource, belonging.by, configuration);
  if (owner === undefined || !belonging?.names.includes(owner.attribute)) return false;
  return touched.some(({ address, type, change }) => {
    const isCreated = change.actions.length === 1 && change.actions[0] === 'create';
    return address === owner.address && type === belonging.type && isCreated;
  });
}

/**
 * Returns whether the owner may already have a resource of this type. The result is true if the owner is in another
 * stack.
 */
export function isSecond({ address, type, change }: ReviewedResource, { planned }: Review): boolean {
  const belonging = belongings[type];
  if (belonging === undefined) return false;
  const name = change.after?.[belonging.by];
  const staying = planned.filter((one) => one.change.before !== null && one.change.after !== null);
  const isOwnerHere = staying.some(
    (one) => one.type === belonging.type && isNamed(belonging.names, one.change.before, name),
  );
  const hasOne = staying.some(
    (one) => one.type === type && one.address !== address && one.change.before?.[belonging.by] === name,
  );
  return !isOwnerHere || hasOne;
}

/** Returns whether the same plan destroys the owner. Another rule judges the owner's destruction. */
export function isDestroyedWithOwner({ type, change }: ReviewedResource, { touched }: Review): boolean {
  const belonging = belongings[type];
  if (belonging === undefined) return false;
  return touched.some(
    (owner) =>
      owner.type === belonging.type &&
      owner.change.actions.includes('delete') &&
      isNamed(belonging.names, owner.change.before, change.before?.[belonging.by]),
  );
}

/** Returns whether the resource moves to another owner. */
export function hasOtherOwner({ type, change: { before, after } }: ReviewedResource): boolean {
  const by = belongings[type]?.by;
  if (by === undefined || before === null || after === null) return false;
  return after[by] !== undefined && after[by] !== before[by];
}

function isNamed(names: readonly string[], owner: Values | null, name: unknown): boolean {
  return typeof name === 'string' && names.some((attribute) => owner?.[attribute] === name);
}
