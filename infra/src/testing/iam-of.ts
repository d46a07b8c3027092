/** Reads the policies of synthesised stacks for the evaluator. */
import type { Environment } from '../environment.ts';
import type { Call, Policies } from '../iam/evaluate.ts';
import type { IamStatement } from '../iam/statement.ts';
import { bootstrapPrefixOf, namesOf, roleBoundaryOf } from '../names.ts';
import { arns } from '../policy/arns.ts';
import { bootstrapStackName } from '../stacks/bootstrap.ts';
import { consoleOutputs, loadOutputs, storeOutputs } from '../stacks/handover.ts';
import { namedInIam } from './named-resources.ts';
import { ofType, type Resource, type Stack, stackNamed } from './synthesised.ts';

/** Returns an example ARN of an environment's key. AWS chooses the real id, which no policy contains. */
export function keyArn(environment: Environment): string {
  return arns(environment).regional('kms', 'key/00000000-0000-4000-8000-000000000000');
}

/** Returns an example ARN of an environment's distribution. CloudFront chooses the real id. */
export function distributionArn(environment: Environment): string {
  return arns(environment).global('cloudfront', 'distribution/E0000000000000');
}

/** Returns the ARN of the role `centflow-<environment>-<purpose>`. */
export function roleArn(environment: Environment, purpose: string): string {
  return arns(environment).global('iam', `role/${namesOf(environment).prefix}-${purpose}`);
}

/**
 * Returns a role's own policies and its boundary.
 *
 * @throws an Error if the role does not exist.
 */
export function policiesOfRole(
  stacks: readonly Stack[],
  environment: Environment,
  purpose: string,
): Required<Pick<Policies, 'identity' | 'boundary'>> {
  const name = `${namesOf(environment).prefix}-${purpose}`;
  const [role] = ofType(stacks, 'aws_iam_role').filter(({ attributes }) => attributes.name === name);
  if (role === undefined) throw new Error(`There is no role ${name}.`);
  const own = ofType(stacks, 'aws_iam_role_policy').filter(
    ({ stack, attributes }) => stack === role.stack && attributes.role === `\${aws_iam_role.${role.id}.name}`,
  );
  const boundary = ofType(stacks, 'aws_iam_policy').filter(
    ({ attributes }) => arns(environment).global('iam', `policy/${attributes.name}`) === roleBoundaryOf(environment),
  );
  const statements = (resources: readonly Resource[]) =>
    resources.flatMap((found) => statementsOf(found, stacks, environment));
  return { identity: statements(own), boundary: statements(boundary) };
}

/** Returns the statements of a GitHub role: its inline policy, and the policies of its areas. */
export function policiesOfGithubRole(
  stacks: readonly Stack[],
  environment: Environment,
  may: 'plan' | 'apply',
): IamStatement[] {
  const { resources } = stackNamed(stacks, bootstrapStackName(environment));
  const role = resources.find(
    ({ type, attributes }) => type === 'aws_iam_role' && attributes.name === `${bootstrapPrefixOf(environment)}-${may}`,
  );
  const ofRole = ({ attributes }: Resource) => attributes.role === `\${aws_iam_role.${role?.id}.name}`;
  const attached = ofType(stacks, 'aws_iam_role_policy_attachment').filter(ofRole);
  return [
    ...ofType(stacks, 'aws_iam_role_policy').filter(ofRole),
    ...ofType(stacks, 'aws_iam_policy').filter(({ id }) =>
      attached.some(({ attributes }) => attributes.policy_arn === `\${aws_iam_policy.${id}.arn}`),
    ),
  ].flatMap((found) => statementsOf(found, stacks, environment));
}

/** Returns the policies of the resource that a call uses: a resource of the environment, or a bucket of `bootstrap`. */
export function resourcePolicies(
  stacks: readonly Stack[],
  environment: Environment,
  { resource }: Pick<Call, 'resource'>,
): Pick<Policies, 'resource' | 'resourceDecides'> {
  const type = typesOfPolicies[resource.split(':')[2] ?? ''];
  // Neither an alias nor a key that is being created has a policy.
  if (type === undefined || resource.includes(':alias/') || resource.endsWith(':key/*')) return {};
  const own = ofType(stacks, type).filter(
    ({ stack }) => stack.startsWith(`${environment.name}-`) || stack === bootstrapStackName(environment),
  );
  return {
    resource: own.flatMap((found) => statementsOf(found, stacks, environment)),
    resourceDecides: type === 'aws_kms_key',
  };
}

const typesOfPolicies: Readonly<Record<string, string>> = {
  kms: 'aws_kms_key',
  s3: 'aws_s3_bucket_policy',
  sns: 'aws_sns_topic_policy',
  sqs: 'aws_sqs_queue_policy',
};

/** Returns the policy of a VPC endpoint by its service, such as `s3`. */
export function policyOfEndpoint(stacks: readonly Stack[], environment: Environment, service: string): IamStatement[] {
  const found = ofType(stacks, 'aws_vpc_endpoint').filter(
    ({ stack, attributes }) =>
      stack === `${environment.name}-store` && String(attributes.service_name).endsWith(`.${service}`),
  );
  if (found.length !== 1) throw new Error(`${environment.name} has ${found.length} endpoints of ${service}.`);
  return found.flatMap((endpoint) => statementsOf(endpoint, stacks, environment));
}

function statementsOf(resource: Resource, stacks: readonly Stack[], environment: Environment): IamStatement[] {
  const stack = stacks.find(({ name }) => name === resource.stack);
  const text = String(resource.attributes.policy).replace(
    /\$\{([^}]*)\}/g,
    (token, expression: string) => valueOfToken(expression, stack?.resources ?? [], environment) ?? token,
  );
  return (JSON.parse(text) as { Statement: IamStatement[] }).Statement;
}

/** Returns the value of a Terraform expression that derives from names. Returns undefined for other expressions. */
function valueOfToken(expression: string, others: readonly Resource[], environment: Environment): string | undefined {
  const variable = /^var\.(\w+)$/.exec(expression)?.[1];
  if (variable !== undefined) return handedOver(variable, environment);
  const [, type, id, attribute] = /^(\w+)\.([\w-]+)\.(\w+)$/.exec(expression) ?? [];
  const resource = others.find((other) => other.type === type && other.id === id);
  if (resource === undefined || attribute === undefined) return undefined;
  if (type === 'aws_kms_key') return keyArn(environment);
  if (type === 'aws_cloudfront_distribution') return distributionArn(environment);
  if (attribute === 'arn') return namedInIam(resource, environment, others)?.arn;
  const value = resource.attributes[attribute === 'id' ? 'bucket' : attribute];
  return typeof value === 'string' ? value : undefined;
}

/** Returns the example value of an output of another stack, with this environment's account and name. */
export function handedOver(variable: string, { name, accountId }: Environment): string | undefined {
  const examples: Readonly<Record<string, string>> = { ...storeOutputs, ...loadOutputs, ...consoleOutputs };
  return examples[variable]
    ?.replace(/\d{12}(?=:)/, accountId)
    .replace('centflow-dev', namesOf({ name, accountId }).prefix);
}
