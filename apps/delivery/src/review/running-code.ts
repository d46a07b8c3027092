/** What would run: beside Terraform's own work, and outside of the environment's network. */
import { filledIn, isLeftToAws, referenceOf, referredTo } from './configuration.ts';
import type { Judge, Review, Violation } from './judge.ts';
import { at, isMarked, type ReviewedResource } from './reviewed-plan.ts';
import { rightsOf, UnreadablePolicyError } from './statements.ts';

/** A provisioner runs a command with the rights of the deployment. A module hides what its values are made of. */
export const commands: Judge = ({ address }, { configuration }) => {
  const violation = (what: string): Violation => ({ rule: 'widens-iam', address, what });
  if (address.startsWith('module.')) return [violation('is of a module, whose text the plan policy does not read')];
  const provisioners = configuration.get(address.replace(/\[.*\]$/, ''))?.provisioners ?? [];
  return provisioners.length > 0
    ? [violation('has a provisioner, which runs a command with the rights to deploy')]
    : [];
};

/** A data source reads at the apply what nobody has reviewed, and some of them run commands. The stacks have none. */
export function dataSources({ configuration }: Review): Violation[] {
  return [...configuration.values()]
    .filter(({ mode }) => mode === 'data')
    .map(({ address }) => ({ rule: 'unknown-type', address, what: 'is a data source, which the stacks do not have' }));
}

/** What runs code, by the attribute that puts it into the network. */
const networks: Readonly<Record<string, string>> = {
  aws_glue_job: 'connections',
  aws_lambda_function: 'vpc_config',
};

/** What people stored, and the passwords to the rest of it. */
const reading = ['s3:getobject', 's3:getobjectversion', 'secretsmanager:getsecretvalue'];

/** Outside of the network something reaches the whole internet: it may not read what people stored. */
export const outsiders: Judge = (resource, review) => {
  const { address, type, change } = resource;
  const attribute = networks[type];
  if (attribute === undefined || change.before !== null) return [];
  const network = change.after?.[attribute];
  const isUnknown =
    isMarked(at(change.after_unknown, attribute)) && !isLeftToAws(resource, attribute, review.configuration);
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

/** The role of its stack that it runs with. */
function roleOf(resource: ReviewedResource, review: Review): ReviewedResource | undefined {
  const attribute = resource.type === 'aws_glue_job' ? 'role_arn' : 'role';
  return referredTo(resource, attribute, 'aws_iam_role', review);
}

/** Whether it gives rights to a role, or to one that cannot be told. */
function isOf(resource: ReviewedResource, role: ReviewedResource, { configuration }: Review): boolean {
  if (!/^aws_iam_role_policy/.test(resource.type) || resource.change.after === null) return false;
  const owner = referenceOf(resource, 'role', configuration);
  return owner === undefined || owner.address === role.address;
}

function reads(policy: ReviewedResource, review: Review): boolean {
  // What is attached is written elsewhere.
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
