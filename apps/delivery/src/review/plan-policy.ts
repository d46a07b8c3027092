/** The plan policy: refuses dangerous changes unless an exemption names each of them. */

import type { EnvironmentName } from '@centflow/infra/environments';
import { namesOf, roleBoundaryOf } from '@centflow/infra/names';
import type { Plan } from '@centflow/terraform';
import * as z from 'zod';
import { configurationOf, filledIn, isLeftToAws, referredTo } from './configuration.ts';
import { soonerExpiries } from './expiry.ts';
import { borrowedRoles, callers, otherAccounts, otherBuckets, untraceable } from './foreign.ts';
import { guarded } from './guarded.ts';
import { type Judge, listed, type Review, type Violation } from './judge.ts';
import { openingsOf, unknownAddresses } from './openings.ts';
import { hasOtherOwner, isDestroyedWithOwner, isOwnerNew } from './owners.ts';
import { isMarked, listManaged, listTouched, type ReviewedResource, readPlan, readValue } from './reviewed-plan.ts';
import {
  belongings,
  gateways,
  grants,
  holdsData,
  policyAttributes,
  type RuleName,
  rules,
  watchedAttributes,
} from './rules.ts';
import { commands, dataSources, outsiders } from './running-code.ts';
import { rightsOf, rightsOfStrangers, UnreadablePolicyError, widening } from './statements.ts';

/** Allows one resource of one stack to break one rule. An exemption for `dev-store` does not apply to `production-store`. */
export const exemptionSchema = z.strictObject({
  stack: z.string().min(1),
  rule: z.enum(Object.keys(rules) as [RuleName, ...RuleName[]]),
  address: z.string().min(1),
  reason: z.string().trim().min(1),
});

export type Exemption = Readonly<z.infer<typeof exemptionSchema>>;

export interface Judgement {
  /** The violations without an exemption. One violation is enough to refuse the plan. */
  readonly violations: readonly Violation[];
  /** Violations that an exemption allows. */
  readonly exempted: readonly (Violation & { readonly reason: string })[];
  /** Exemptions of this stack that match no violation. Such exemptions are mistyped or can be removed. */
  readonly unused: readonly Exemption[];
}

/**
 * Judges one stack's plan.
 *
 * @throws {UnreviewablePlanError} the plan failed or is incomplete.
 */
export function judgePlan(
  plan: Plan,
  { stack, accountId, exemptions }: { stack: string; accountId: string; exemptions: readonly Exemption[] },
): Judgement {
  const read = readPlan(plan);
  // A stack's name is `<environment>-<stage>`, such as `dev-store`. If the environment is unknown, the names derived
  // from the environment match no resource.
  const environment = { name: stack.slice(0, stack.lastIndexOf('-')) as EnvironmentName, accountId };
  const review: Review = {
    accountId,
    environment: environment.name,
    stage: stack.slice(stack.lastIndexOf('-') + 1),
    names: namesOf(environment),
    boundary: roleBoundaryOf(environment),
    configuration: configurationOf(read),
    variables: read.variables,
    touched: listTouched(read),
    planned: listManaged(read),
  };
  const found = [
    ...dataSources(review),
    ...review.touched.flatMap((resource) => judges.flatMap((judge) => judge(resource, review))),
  ];
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

const judges: readonly Judge[] = [
  loss,
  expiry,
  attributes,
  guarded,
  policies,
  roles,
  otherGrants,
  otherAccounts,
  otherBuckets,
  untraceable,
  callers,
  borrowedRoles,
  commands,
  outsiders,
  objects,
  network,
];

function loss({ address, type, change }: ReviewedResource): Violation[] {
  const { actions } = change;
  const what = holdsData[type];
  if (what === undefined) return [];
  if (actions.includes('forget')) return [{ rule: 'destroys-data', address, what: `forgets ${what}` }];
  if (!actions.includes('delete')) return [];
  return [{ rule: 'destroys-data', address, what: `${actions.length > 1 ? 'replaces' : 'destroys'} ${what}` }];
}

/** Judges lifecycle rules. A new bucket may have any lifecycle rule, because the bucket is empty. */
function expiry(resource: ReviewedResource, review: Review): Violation[] {
  const { address, type, change } = resource;
  if (type !== 'aws_s3_bucket_lifecycle_configuration') return [];
  if (isOwnerNew(resource, review)) return [];
  if (isMarked(readValue(change.after_unknown, 'rule'))) {
    return [{ rule: 'destroys-data', address, what: 'rule is known only after the apply: objects may expire' }];
  }
  return soonerExpiries(change.before, change.after).map((what) => ({ rule: 'destroys-data', address, what }));
}

/** Allows objects only in the two buckets for releases. Other buckets contain uploads or Terraform's state. */
function objects(resource: ReviewedResource, review: Review): Violation[] {
  const { address, type, change } = resource;
  if (type !== 'aws_s3_object') return [];
  const own: unknown[] = [review.names.artifactsBucket, review.names.consoleBucket];
  const owner = referredTo(resource, 'bucket', 'aws_s3_bucket', review);
  const sides = [
    { values: change.before, bucket: change.before?.bucket, what: 'deletes an object from' },
    {
      values: change.after,
      bucket: change.after?.bucket ?? owner?.change.after?.bucket,
      what: 'writes an object into',
    },
  ];
  return sides
    .filter(({ values, bucket }) => values !== null && !own.includes(bucket))
    .map(({ bucket, what }) => ({ rule: 'destroys-data', address, what: `${what} ${bucket ?? 'an unknown bucket'}` }));
}

function attributes(resource: ReviewedResource, { configuration }: Review): Violation[] {
  const { address, type, change } = resource;
  const { before, after, after_unknown } = change;
  if (after === null) return [];
  return watchedAttributes.flatMap(({ rule, types, attribute, worse, whenNew, reason }) => {
    if (!types.includes('*') && !types.includes(type)) return [];
    if (before === null && whenNew !== true) return [];
    if (isMarked(readValue(after_unknown, attribute))) {
      if (before === null && isLeftToAws(resource, attribute, configuration)) return [];
      return [{ rule, address, what: `${attribute} is known only after the apply: ${reason}` }];
    }
    const [was, willBe] = [readValue(before, attribute), readValue(after, attribute)];
    const isSame = before !== null && JSON.stringify(was) === JSON.stringify(willBe);
    if (isSame || !worse(was, willBe, after)) return [];
    return [{ rule, address, what: `${attribute}: ${before === null ? '' : `${was} → `}${willBe}: ${reason}` }];
  });
}

function policies(resource: ReviewedResource, review: Review): Violation[] {
  const { address, type, change } = resource;
  const { after, after_sensitive, after_unknown, before_sensitive } = change;
  const isAttached = belongings[type] !== undefined;
  const before = hasOtherOwner(resource) ? null : change.before;
  const comesWithOwner = before === null && (!isAttached || isOwnerNew(resource, review));
  if (after === null && (!isAttached || isDestroyedWithOwner(resource, review))) return [];

  return policyAttributes.flatMap((attribute): Violation[] => {
    const violation = (what: string): Violation => ({ rule: 'widens-iam', address, what: `${attribute} ${what}` });
    const isUnknown = isMarked(readValue(after_unknown, attribute));
    const filled = isUnknown && comesWithOwner ? filledIn(resource, attribute, review) : undefined;
    if (isUnknown && filled === undefined) return [violation('is known only after the apply')];
    const [was, willBe] = [before?.[attribute], isUnknown ? filled : after?.[attribute]];
    if (was === willBe) return [];
    // The policy of a new endpoint cannot widen access. Without a policy, the endpoint would allow everything.
    if (comesWithOwner && type === 'aws_vpc_endpoint') return [];
    // Without its policy, an existing endpoint would allow everything.
    if (type === 'aws_vpc_endpoint' && was && !willBe)
      return [violation('is removed, so that the endpoint allows everything')];
    const found = findWidening(was, willBe, comesWithOwner ? review.accountId : undefined);
    if (found.length === 0) return [];
    const isSecret =
      isMarked(readValue(before_sensitive, attribute)) || isMarked(readValue(after_sensitive, attribute));
    return [violation(isSecret ? 'allows more than before (sensitive: not shown)' : listed(found))];
  });
}

/**
 * @param newOf the account id, if the policy and its owner are created together. There is then no earlier policy to
 *   compare.
 */
function findWidening(was: unknown, willBe: unknown, newOf: string | undefined): string[] {
  try {
    if (newOf !== undefined) return rightsOfStrangers(rightsOf(willBe), newOf);
    return widening(rightsOf(was), rightsOf(willBe));
  } catch (error) {
    if (error instanceof UnreadablePolicyError) return ['cannot be parsed, so it cannot be compared'];
    throw error;
  }
}

function roles({ address, type, change }: ReviewedResource, { boundary: own }: Review): Violation[] {
  const { before, after, after_unknown } = change;
  if (type !== 'aws_iam_role' || after === null) return [];
  const violation = (what: string): Violation => ({ rule: 'widens-iam', address, what });
  const boundary = after.permissions_boundary;
  if (isMarked(readValue(after_unknown, 'permissions_boundary'))) {
    return [violation('permissions_boundary is known only after the apply')];
  }
  const isOwnBoundary = boundary === own;
  if (before === null)
    return isOwnBoundary ? [] : [violation("is a new role without the environment's permissions boundary")];
  const was = before.permissions_boundary;
  const isBounded = was ? was === boundary : !boundary || isOwnBoundary;
  const boundaryChanged = isBounded ? [] : [violation('leaves its permissions boundary')];
  const widened = ['inline_policy', 'managed_policy_arns'].flatMap((attribute) => {
    // In a replaced role, an attribute is unknown if the stack does not set it. The new role then has no such policies.
    if (readValue(after_unknown, attribute) === true) return [];
    const held = new Set(textsOf(before[attribute]));
    return textsOf(after[attribute]).some((text) => !held.has(text)) ? [violation(`${attribute} has more`)] : [];
  });
  return [...boundaryChanged, ...widened];
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.map((entry) => JSON.stringify(entry)) : [];
}

function otherGrants(resource: ReviewedResource, review: Review): Violation[] {
  const { address, type, change } = resource;
  const what = grants[type];
  if (what === undefined || change.after === null) return [];
  if (change.before === null && belongings[type] !== undefined && isOwnerNew(resource, review)) return [];
  return [{ rule: 'widens-iam', address, what: `${change.before === null ? 'adds' : 'changes'} ${what}` }];
}

function network(resource: ReviewedResource, review: Review): Violation[] {
  const { address, type, change } = resource;
  const { before, after, after_unknown } = change;
  if (after === null) return [];
  // A rule may refer to the prefix list of an endpoint. Only AWS changes this list, and the endpoint itself is judged
  // separately.
  const isOfEndpoint = referredTo(resource, 'prefix_list_id', 'aws_vpc_endpoint', review) !== undefined;
  const violation = (what: string): Violation => ({ rule: 'widens-network', address, what });
  const gateway = gateways[type];
  const were = new Set(openingsOf(type, before));
  return [
    ...(gateway !== undefined && before === null ? [violation(`adds ${gateway}`)] : []),
    ...openingsOf(type, isOfEndpoint ? { ...after, prefix_list_id: null } : after)
      .filter((opening) => !were.has(opening))
      .map((opening) => violation(`opens ${opening}`)),
    ...unknownAddresses(type, after_unknown, before === null)
      .filter((attribute) => attribute !== 'prefix_list_id' || !isOfEndpoint)
      .map((attribute) => violation(`${attribute} is known only after the apply`)),
  ];
}
