/** The plan policy: what may not be applied unless somebody says so by name. */
import * as z from 'zod';
import type { Plan } from '../terraform/index.ts';
import { soonerExpiries } from './expiry.ts';
import { openingsOf, unknownAddresses } from './openings.ts';
import { at, isMarked, type ReviewedResource, readPlan, touched, type Values } from './reviewed-plan.ts';
import { belongings, gateways, grants, guards, holdsData, type RuleName, rules, watchedAttributes } from './rules.ts';
import { publicRights, rightsOf, UnreadablePolicyError, widening } from './statements.ts';

export interface Violation {
  readonly rule: RuleName;
  readonly address: string;
  /** What the plan would do, in words without secrets. */
  readonly what: string;
}

/** Allows one rule to be broken by one resource of one stack: `dev-store` says nothing of `production-store`. */
export const exemptionSchema = z.strictObject({
  stack: z.string().min(1),
  rule: z.enum(Object.keys(rules) as [RuleName, ...RuleName[]]),
  address: z.string().min(1),
  reason: z.string().trim().min(1),
});

export type Exemption = Readonly<z.infer<typeof exemptionSchema>>;

export interface Judgement {
  /** Not empty: the plan is refused. */
  readonly violations: readonly Violation[];
  /** Refused, were it not for an exemption. */
  readonly exempted: readonly (Violation & { readonly reason: string })[];
  /** Exemptions of this stack that nothing needs: mistyped, or to be taken away. */
  readonly unused: readonly Exemption[];
}

/**
 * Judges one stack's plan.
 *
 * @throws {UnreviewablePlanError} it is no whole plan.
 */
export function judgePlan(
  plan: Plan,
  { stack, exemptions }: { stack: string; exemptions: readonly Exemption[] },
): Judgement {
  const resources = touched(readPlan(plan));
  const found = resources.flatMap((resource) => judges.flatMap((judge) => judge(resource, resources)));
  const own = exemptions.filter((exemption) => exemption.stack === stack);
  const exemptionOf = ({ rule, address }: Violation) =>
    own.find((exemption) => exemption.rule === rule && exemption.address === address);
  return {
    violations: found.filter((violation) => exemptionOf(violation) === undefined),
    exempted: found.flatMap((violation) => {
      const exemption = exemptionOf(violation);
      return exemption === undefined ? [] : [{ ...violation, reason: exemption.reason }];
    }),
    unused: own.filter((exemption) => !found.some((violation) => exemptionOf(violation) === exemption)),
  };
}

/** Finds what one resource breaks, of all that the plan touches. */
type Judge = (resource: ReviewedResource, all: readonly ReviewedResource[]) => Violation[];

const judges: readonly Judge[] = [loss, expiry, attributes, missingGuards, policies, roles, otherGrants, network];

function loss({ address, type, change }: ReviewedResource): Violation[] {
  const { actions } = change;
  const what = holdsData[type];
  if (what === undefined) return [];
  if (actions.includes('forget')) return [{ rule: 'destroys-data', address, what: `forgets ${what}` }];
  if (!actions.includes('delete')) return [];
  return [{ rule: 'destroys-data', address, what: `${actions.length > 1 ? 'replaces' : 'destroys'} ${what}` }];
}

/** A new bucket may begin with any: nothing is in it. */
function expiry(resource: ReviewedResource, all: readonly ReviewedResource[]): Violation[] {
  const { address, type, change } = resource;
  if (type !== 'aws_s3_bucket_lifecycle_configuration') return [];
  // A bucket whose name is not known yet is not there yet.
  if (isOwnerNew(resource, all) || isMarked(at(change.after_unknown, 'bucket'))) return [];
  return soonerExpiries(change.before, change.after).map((what) => ({ rule: 'destroys-data', address, what }));
}

function attributes({ address, type, change: { before, after, after_unknown } }: ReviewedResource): Violation[] {
  if (after === null) return [];
  return watchedAttributes.flatMap(({ rule, types, attribute, worse, whenNew, reason }) => {
    if (!types.includes('*') && !types.includes(type)) return [];
    if (before === null && whenNew !== true) return [];
    if (isMarked(at(after_unknown, attribute))) {
      return [{ rule, address, what: `${attribute} is known only after the apply: ${reason}` }];
    }
    const [was, willBe] = [at(before, attribute), at(after, attribute)];
    if (!worse(was, willBe)) return [];
    return [{ rule, address, what: `${attribute}: ${before === null ? '' : `${was} → `}${willBe}: ${reason}` }];
  });
}

function missingGuards(resource: ReviewedResource, all: readonly ReviewedResource[]): Violation[] {
  const { address, type, change } = resource;
  const guard = guards[type];
  if (guard === undefined || change.before === null || goesWithOwner(resource, all)) return [];
  const isMoved = hasOtherOwner(resource);
  if (change.after !== null && !isMoved) return [];
  return [{ rule: guard.rule, address, what: `takes away ${type}: ${guard.reason}` }];
}

/** Attributes that are IAM policies, wherever they stand. */
const policyAttributes = ['policy', 'assume_role_policy', 'policy_document'];

function policies(resource: ReviewedResource, all: readonly ReviewedResource[]): Violation[] {
  const { address, type, change } = resource;
  const { after, after_sensitive, after_unknown, before_sensitive } = change;
  const isAttached = belongings[type] !== undefined;
  const before = hasOtherOwner(resource) ? null : change.before;
  const comesWithOwner = before === null && (!isAttached || isOwnerNew(resource, all));
  if (after === null && (!isAttached || goesWithOwner(resource, all))) return [];

  return policyAttributes.flatMap((attribute): Violation[] => {
    const violation = (what: string): Violation => ({ rule: 'widens-iam', address, what: `${attribute} ${what}` });
    if (isMarked(at(after_unknown, attribute))) {
      return comesWithOwner ? [] : [violation('is known only after the apply')];
    }
    const [was, willBe] = [before?.[attribute], after?.[attribute]];
    if (was === willBe || ![was, willBe].some(isStatements)) return [];
    const found = findWidening(was, willBe, comesWithOwner, type === 'aws_vpc_endpoint');
    if (found.length === 0) return [];
    const isSecret = isMarked(at(before_sensitive, attribute)) || isMarked(at(after_sensitive, attribute));
    return [violation(isSecret ? 'allows more than before (sensitive: not shown)' : listed(found))];
  });
}

function findWidening(was: unknown, willBe: unknown, isNew: boolean, narrowsOnly: boolean): string[] {
  try {
    // A new endpoint's policy gives nobody anything: without one, everything may pass.
    if (isNew) return narrowsOnly ? [] : publicRights(rightsOf(willBe));
    return widening(rightsOf(was), rightsOf(willBe));
  } catch (error) {
    if (error instanceof UnreadablePolicyError) return ['cannot be read, and so not compared'];
    throw error;
  }
}

/** Lifecycle rules of registries and the like are called policies too. */
function isStatements(text: unknown): boolean {
  return typeof text === 'string' && text.includes('"Statement"');
}

function roles({ address, type, change: { before, after, after_unknown } }: ReviewedResource): Violation[] {
  if (type !== 'aws_iam_role' || after === null) return [];
  const violation = (what: string): Violation => ({ rule: 'widens-iam', address, what });
  const boundary = after.permissions_boundary;
  if (isMarked(at(after_unknown, 'permissions_boundary'))) {
    return [violation('permissions_boundary is known only after the apply')];
  }
  if (before === null) return boundary ? [] : [violation('is a new role without a permissions boundary')];
  const was = before.permissions_boundary;
  const boundaryChanged = was && was !== boundary ? [violation('leaves its permissions boundary')] : [];
  const widened = ['inline_policy', 'managed_policy_arns'].flatMap((attribute) => {
    // A replaced role has none that AWS could name, unless they are said.
    if (at(after_unknown, attribute) === true) return [];
    const held = new Set(textsOf(before[attribute]));
    return textsOf(after[attribute]).some((text) => !held.has(text)) ? [violation(`${attribute} has more`)] : [];
  });
  return [...boundaryChanged, ...widened];
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.map((entry) => JSON.stringify(entry)) : [];
}

function otherGrants(resource: ReviewedResource, all: readonly ReviewedResource[]): Violation[] {
  const { address, type, change } = resource;
  const what = grants[type];
  if (what === undefined || change.after === null) return [];
  if (change.before === null && belongings[type] !== undefined && isOwnerNew(resource, all)) return [];
  return [{ rule: 'widens-iam', address, what: `${change.before === null ? 'adds' : 'changes'} ${what}` }];
}

function network({ address, type, change }: ReviewedResource): Violation[] {
  const { before, after, after_unknown } = change;
  if (after === null) return [];
  const violation = (what: string): Violation => ({ rule: 'widens-network', address, what });
  const gateway = gateways[type];
  const were = new Set(openingsOf(type, before));
  return [
    ...(gateway !== undefined && before === null ? [violation(`adds ${gateway}`)] : []),
    ...openingsOf(type, after)
      .filter((opening) => !were.has(opening))
      .map((opening) => violation(`opens ${opening}`)),
    ...unknownAddresses(type, after_unknown, before === null).map((attribute) =>
      violation(`${attribute} is known only after the apply`),
    ),
  ];
}

/** Whether what it belongs to is made by the same plan. A name that is not known yet can only be of something new. */
function isOwnerNew({ type, change }: ReviewedResource, all: readonly ReviewedResource[]): boolean {
  const belonging = belongings[type];
  if (belonging === undefined) return false;
  const made = all.filter((owner) => owner.type === belonging.type && owner.change.before === null);
  if (isMarked(at(change.after_unknown, belonging.by))) return made.length > 0;
  return made.some((owner) => isNamed(belonging.names, owner.change.after, change.after?.[belonging.by]));
}

/** Whether what it belongs to is destroyed by the same plan, which is another rule's matter. */
function goesWithOwner({ type, change }: ReviewedResource, all: readonly ReviewedResource[]): boolean {
  const belonging = belongings[type];
  if (belonging === undefined) return false;
  return all.some(
    (owner) =>
      owner.type === belonging.type &&
      owner.change.actions.includes('delete') &&
      isNamed(belonging.names, owner.change.before, change.before?.[belonging.by]),
  );
}

function hasOtherOwner({ type, change: { before, after } }: ReviewedResource): boolean {
  const by = belongings[type]?.by;
  if (by === undefined || before === null || after === null) return false;
  return after[by] !== undefined && after[by] !== before[by];
}

function isNamed(names: readonly string[], owner: Values | null, name: unknown): boolean {
  return typeof name === 'string' && names.some((attribute) => owner?.[attribute] === name);
}

function listed(found: readonly string[]): string {
  const shown = found.slice(0, 3).join('; ');
  return found.length > 3 ? `${shown}; and ${found.length - 3} more` : shown;
}
