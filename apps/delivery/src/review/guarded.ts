/**
 * The allow-list. Resources that decide about access or retention may change only attributes that are declared
 * harmless.
 */
import { changedPaths } from './changed-attributes.ts';
import { type Judge, listed, type Review, type Violation } from './judge.ts';
import { addressesOf } from './openings.ts';
import { hasOtherOwner, isDestroyedWithOwner, isOwnerNew, isSecond } from './owners.ts';
import { alwaysHarmless, type GuardedType, resourceTypes } from './resource-types.ts';
import type { ReviewedResource } from './reviewed-plan.ts';
import { gateways, grants, policyAttributes, watchedAttributes } from './rules.ts';

/** Attributes that separate judges compare. They allow improvements and refuse deterioration. */
const compared: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role: ['inline_policy', 'managed_policy_arns', 'permissions_boundary'],
  aws_s3_bucket_lifecycle_configuration: ['rule'],
};

/** Judges the changes that no other judge compares. */
export const guarded: Judge = (resource, review) => {
  const { address, type, change } = resource;
  const known = resourceTypes[type];
  if (known === 'harmless' || type in grants) return [];
  if (known === undefined) return type in gateways ? [] : [{ rule: 'unknown-type', address, what: `is a ${type}` }];
  const { rule, decides, removal, lostWhenReplaced, addition, onlyOne } = known;
  const violation = (what: string): Violation => ({ rule, address, what });

  if (change.before === null) {
    if (isTakeover(resource, known, review))
      return [violation(`may overwrite a resource with the same name, and with it ${decides}`)];
    if (isOwnerNew(resource, review)) return [];
    if (addition !== undefined) return [violation(`adds ${addition}`)];
    return onlyOne && isSecond(resource, review) ? [violation(`overwrites ${decides}, which is set already`)] : [];
  }
  const isGone = change.after === null || hasOtherOwner(resource);
  const isLost = isGone || (lostWhenReplaced === true && change.actions.includes('delete'));
  if (removal !== undefined && isLost && !isDestroyedWithOwner(resource, review)) {
    return [violation(`removes ${type}: ${removal}`)];
  }
  const changed = unjudgedChanges(resource, known);
  return changed.length === 0 ? [] : [violation(`changes ${listed(changed, ', ')}, and with it ${decides}`)];
};

/** Returns whether the resource's name belongs to another resource of this stack, or is reserved for another stack. */
function isTakeover({ address, type, change }: ReviewedResource, { takesOver }: GuardedType, review: Review): boolean {
  if (takesOver === undefined) return false;
  const { by, stage } = takesOver;
  const name = change.after?.[by];
  const { environment, names, planned, stage: own } = review;
  const isReserved = [`${environment}-`, `${names.prefix}-`].some((prefix) => String(name).startsWith(prefix));
  if (isReserved && own !== stage) return true;
  return planned.some((one) => one.type === type && one.address !== address && one.change.before?.[by] === name);
}

/** Returns the changed attributes that neither the allow-list nor another judge covers. */
function unjudgedChanges(resource: ReviewedResource, { harmless = [] }: GuardedType): string[] {
  const { type } = resource;
  const watched = watchedAttributes
    .filter(({ types }) => types.includes('*') || types.includes(type))
    .map(({ attribute }) => attribute);
  const judged = [
    ...alwaysHarmless,
    ...harmless,
    ...watched,
    ...policyAttributes,
    ...(compared[type] ?? []),
    ...addressesOf(type),
  ];
  const isJudged = (path: string) => judged.some((known) => path === known || path.startsWith(`${known}.`));
  return changedPaths(resource).filter((path) => !isJudged(path));
}
