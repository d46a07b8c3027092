/** Judges code that would run: during the apply, or outside of the environment's network. */
import { filledIn, isLeftToAws, referenceOf, referredTo } from './configuration.ts';
import type { Judge, Review, Violation } from './judge.ts';
import { isMarked, type ReviewedResource, readValue } from './reviewed-plan.ts';
import { rightsOf, UnreadablePolicyError } from './statements.ts';

/**
 * Refuses provisioners, because they run commands with the deployment's rights. Refuses modules, because the plan
 * policy cannot read the expressions in a module.
 */
export const commands: Judge = ({ address }, { configuration }) => {
  const violation = (what: string): Violation => ({ rule: 'widens-iam', address, what });
  if (address.startsWith('module.'))
    return [violation('is in a module, whose configuration the plan policy does not read')];
  const provisioners = configuration.get(address.replace(/\[.*\]$/, ''))?.provisioners ?? [];
  return provisioners.length > 0
    ? [violation('has a provisioner, which runs a command with the rights to deploy')]
    : [];
};

/** Refuses data sources. Data sources read unreviewed values, and some run commands. The stacks use no data sources. */
export function dataSources({ configuration }: Review): Violation[] {
  return [...configuration.values()]
    .filter(({ mode }) => mode === 'data')
    .map(({ address }) => ({ rule: 'unknown-type', address, what: 'is a data source, which the stacks do not have' }));
}

/** Resource types that run code, with the attribute that attaches them to the network. */
const networks: Readonly<Record<string, string>> = {
  aws_glue_job: 'connections',
  aws_lambda_function: 'vpc_config',
};

/** Actions that read stored objects, or passwords that give access to other data. */
const reading = ['s3:getobject', 's3:getobjectversion', 'secretsmanager:getsecretvalue'];

/**
 * Refuses new code outside the network that can read objects or secrets, because such code can reach the whole
 * internet.
 */
export const outsiders: Judge = (resource, review) => {
  const { address, type, change } = resource;
  const attribute = networks[type];
  if (attribute === undefined || change.before !== null) return [];
  const network = change.after?.[attribute];
  const isUnknown =
    isMarked(readValue(change.after_unknown, attribute)) && !isLeftToAws(resource, attribute, review.configuration);
  if (isSet(network) || isUnknown) return [];
  const role = roleOf(resource, review);
  const isHarmless =
    role !== undefined &&
    !['inline_policy', 'managed_policy_arns'].some((held) => isSet(role.change.after?.[held])) &&
    review.planned.every((policy) => !isOf(policy, role, review) || !reads(policy, review));
  if (isHarmless) return [];
  const what = 'could read objects or secrets and send them anywhere: it is outside of the network';
  return [{ rule: 'widens-network', address, what }];
};

function isSet(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** Returns the role with which the resource runs, if its stack contains the role. */
function roleOf(resource: ReviewedResource, review: Review): ReviewedResource | undefined {
  const attribute = resource.type === 'aws_glue_job' ? 'role_arn' : 'role';
  return referredTo(resource, attribute, 'aws_iam_role', review);
}

/** Returns whether the resource grants permissions to the role, or to a role that cannot be determined. */
function isOf(resource: ReviewedResource, role: ReviewedResource, { configuration }: Review): boolean {
  if (!/^aws_iam_role_policy/.test(resource.type) || resource.change.after === null) return false;
  const owner = referenceOf(resource, 'role', configuration);
  return owner === undefined || owner.address === role.address;
}

function reads(policy: ReviewedResource, review: Review): boolean {
  // An attachment only names its policy. The policy's content is unknown here, so it may allow reading.
  if (policy.type !== 'aws_iam_role_policy') return true;
  try {
    return rightsOf(policy.change.after?.policy ?? filledIn(policy, 'policy', review) ?? '-').some(
      ({ effect, action }) =>
        effect === 'Allow' && (action.startsWith('not ') || reading.some((one) => isIn(action, one))),
    );
  } catch (error) {
    if (error instanceof UnreadablePolicyError) return true;
    throw error;
  }
}

function isIn(pattern: string, action: string): boolean {
  const [before = '', ...rest] = pattern.split(/[*?]/);
  return rest.length === 0 ? pattern === action : action.startsWith(before);
}
