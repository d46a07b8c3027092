/** What values are made of, as the plan's configuration shows it: the text of each attribute and what it refers to. */
import * as z from 'zod';
import type { Review } from './judge.ts';
import {
  at,
  type Configured,
  isMarked,
  type ReviewedPlan,
  type ReviewedResource,
  type Values,
} from './reviewed-plan.ts';

/** The resources and data sources of the stack by their address. */
export type Configuration = ReadonlyMap<string, Configured>;

export function configurationOf({ configuration }: ReviewedPlan): Configuration {
  return new Map(configuration.root_module.resources.map((resource) => [resource.address, resource]));
}

/** One attribute. In JSON, as CDKTF writes it, the text with its `${…}` is the constant value. */
const expressionSchema = z.object({
  constant_value: z.unknown().optional(),
  references: z.array(z.string()).default([]),
});

type Expression = z.infer<typeof expressionSchema>;

/**
 * `${aws_iam_role.console.arn}`. Terraform lists what an expression refers to, but not what it does with it:
 * `${replace(aws_iam_role.new.id, "new", "old")}` refers to the new role alone, and names the old one.
 */
const reference = /\$\{((aws_\w+)\.[\w-]+)\.(\w+|outputs\["Arn"\])\}/g;

/**
 * What AWS makes up, beside ARNs. Other attributes may hold any text and still be unknown: the `output` of `terraform_data`,
 * the `id` of an alarm, which is its name.
 */
const madeByAws = new Set([
  'aws_apigatewayv2_api.id',
  'aws_apigatewayv2_authorizer.id',
  'aws_apigatewayv2_integration.id',
  'aws_cloudformation_stack.outputs["Arn"]',
  'aws_cloudfront_distribution.domain_name',
  'aws_cloudfront_origin_access_control.id',
  'aws_cloudfront_response_headers_policy.id',
  'aws_cognito_user_pool.endpoint',
  'aws_cognito_user_pool.id',
  'aws_cognito_user_pool_client.id',
  'aws_kms_key.key_id',
  'aws_route_table.id',
  // Its name, which nobody else has where the plan can create it.
  'aws_s3_bucket.id',
  'aws_security_group.id',
  'aws_sqs_queue.url',
  'aws_subnet.id',
  'aws_vpc.id',
  'aws_vpc_endpoint.prefix_list_id',
]);

/** What stands where AWS has not made something up yet. */
export const NOT_KNOWN_YET = 'known-after-the-apply';

/** Functions whose results are unknown though they refer to nothing. */
const impure = /\b(timestamp|uuid|bcrypt)\(/;

export interface Reference {
  /** The resource: `aws_iam_role.console`. */
  readonly address: string;
  readonly attribute: string;
}

/** The one attribute of another resource that this one is, unchanged; undefined where it is anything else. */
export function referenceOf(
  { address }: ReviewedResource,
  attribute: string,
  configuration: Configuration,
): Reference | undefined {
  const expression = expressionSchema.safeParse(configuration.get(address)?.expressions[attribute]).data;
  const text = expression?.constant_value;
  if (expression === undefined || typeof text !== 'string' || !isPlain(expression)) return undefined;
  const [only] = referencesIn(text);
  return only !== undefined && text === `\${${only.address}.${only.attribute}}` ? only : undefined;
}

/** The resource of that type in the stack that an attribute refers to, unchanged. */
export function referredTo(
  resource: ReviewedResource,
  attribute: string,
  type: string,
  { planned, configuration }: Review,
): ReviewedResource | undefined {
  const address = referenceOf(resource, attribute, configuration)?.address;
  return planned.find((one) => one.type === type && one.address === address);
}

/**
 * Whether the stack does not set an attribute, so that AWS fills it in. Of a block nobody knows: Terraform shows nothing of one
 * that is `dynamic`. A path into one, `rule.0.status`, is therefore never left to AWS.
 */
export function isLeftToAws({ address }: ReviewedResource, attribute: string, configuration: Configuration): boolean {
  const known = configuration.get(address);
  return known !== undefined && !attribute.includes('.') && known.expressions[attribute] === undefined;
}

/** An attribute as the stack writes it, with what is known put in; undefined where anything may hide in it. */
export function filledIn(resource: ReviewedResource, attribute: string, review: Review): unknown {
  const { configuration } = review;
  // AWS fills in wholes. What is known in part comes from a block of the stack's that Terraform does not show.
  if (isLeftToAws(resource, attribute, configuration)) {
    return at(resource.change.after_unknown, attribute) === true ? '' : undefined;
  }
  const tree = configuration.get(resource.address)?.expressions[attribute];
  if (tree === undefined) return undefined;
  const leaves = leavesOf(tree).map((leaf) => (isPlain(leaf) ? filledValue(leaf.constant_value, review) : undefined));
  if (leaves.includes(undefined)) return undefined;
  return isExpression(tree) ? leaves[0] : leaves;
}

/** What is not known of a resource yet, with what is known of it put in. */
export function unknownValues(resource: ReviewedResource, review: Review): Values {
  const unknown = Object.entries((resource.change.after_unknown ?? {}) as Values).filter(([, marks]) =>
    isMarked(marks),
  );
  return Object.fromEntries(unknown.map(([attribute]) => [attribute, filledIn(resource, attribute, review)]));
}

/** Arrays and maps with each text filled in; undefined where one of them cannot be. */
function filledValue(value: unknown, review: Review): unknown {
  if (typeof value === 'string') return filledText(value, review);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, filledValue(inner, review)] as const);
  if (entries.some(([, inner]) => inner === undefined)) return undefined;
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function filledText(text: string, { accountId, planned, variables }: Review): string | undefined {
  let isHidden = false;
  const filled = text.replaceAll(reference, (_, address: string, type: string, attribute: string) => {
    const known = at(planned.find((one) => one.address === address)?.change.after, attribute);
    if (typeof known === 'string' || typeof known === 'number') return String(known);
    if (/^(\w+_)?arn$/.test(attribute)) return `arn:aws:${address}::${accountId}:new`;
    if (!madeByAws.has(`${type}.${attribute}`)) isHidden = true;
    return NOT_KNOWN_YET;
  });
  if (isHidden) return undefined;
  return filled.replaceAll(/\$\{var\.(\w+)\}/g, (_, name: string) => String(at(variables[name], 'value')));
}

/** Whether nothing is done with what it refers to. */
function isPlain({ constant_value, references }: Expression): boolean {
  if (constant_value === undefined) return false;
  const texts = textsIn(constant_value);
  const foreign = references.filter((name) => !name.startsWith('var.'));
  // What is made of variables alone is known.
  if (foreign.length === 0) return !texts.some((text) => impure.test(text));
  const rest = texts.map((text) => text.replaceAll(reference, '').replaceAll(/\$\{var\.\w+\}/g, ''));
  if (rest.some((text) => /[$%]\{/.test(text))) return false;
  const named = new Set(
    texts
      .flatMap(referencesIn)
      .flatMap(({ address, attribute }) => [address, `${address}.outputs`, `${address}.${attribute}`]),
  );
  return foreign.every((name) => named.has(name));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function referencesIn(text: string): Reference[] {
  return [...text.matchAll(reference)].map(([, address = '', , attribute = '']) => ({ address, attribute }));
}

/** The attributes in a block, which are expressions, and in the blocks in it. */
function leavesOf(tree: unknown): Expression[] {
  if (typeof tree !== 'object' || tree === null) return [];
  // Blocks, which may be empty. An expression that is empty is computed without a reference.
  if (Array.isArray(tree)) return tree.flatMap((block) => Object.values(block ?? {}).flatMap(leavesOf));
  const isBlock = Object.values(tree).some((inner) => typeof inner === 'object') && !isExpression(tree);
  return isBlock ? Object.values(tree).flatMap(leavesOf) : [expressionSchema.parse(tree)];
}

function isExpression(tree: unknown): boolean {
  return typeof tree === 'object' && tree !== null && ('references' in tree || 'constant_value' in tree);
}
