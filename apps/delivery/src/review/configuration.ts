/** Reads the plan's configuration: the expression of each attribute, and the resources to which it refers. */
import * as z from 'zod';
import type { Review } from './judge.ts';
import {
  type Configured,
  isMarked,
  type ReviewedPlan,
  type ReviewedResource,
  readValue,
  type Values,
} from './reviewed-plan.ts';

/** The resources and data sources of the stack, by address. */
export type Configuration = ReadonlyMap<string, Configured>;

export function configurationOf({ configuration }: ReviewedPlan): Configuration {
  return new Map(configuration.root_module.resources.map((resource) => [resource.address, resource]));
}

/** The expression of one attribute. In CDKTF's JSON, the text with its `${…}` is the constant value. */
const expressionSchema = z.object({
  constant_value: z.unknown().optional(),
  references: z.array(z.string()).default([]),
});

type Expression = z.infer<typeof expressionSchema>;

/**
 * Matches a plain reference such as `${aws_iam_role.console.arn}`. Terraform lists the references of an expression, but not its
 * functions: `${replace(aws_iam_role.new.id, "new", "old")}` refers only to the new role, but evaluates to the old one.
 */
const reference = /\$\{((aws_\w+)\.[\w-]+)\.(\w+|outputs\["Arn"\])\}/g;

/**
 * Attributes that AWS generates, besides ARNs. Other attributes may contain any text although they are unknown, such as the
 * `output` of `terraform_data` or the `id` of an alarm, which is its name.
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
  // The bucket's name. It is unique if the plan can create the bucket.
  'aws_s3_bucket.id',
  'aws_security_group.id',
  'aws_sqs_queue.url',
  'aws_subnet.id',
  'aws_vpc.id',
  'aws_vpc_endpoint.prefix_list_id',
]);

/** The placeholder for a value that AWS has not generated yet. */
export const NOT_KNOWN_YET = 'known-after-the-apply';

/** Functions whose results are unknown although they have no references. */
const impure = /\b(timestamp|uuid|bcrypt)\(/;

export interface Reference {
  /** The address of the resource, such as `aws_iam_role.console`. */
  readonly address: string;
  readonly attribute: string;
}

/** Returns the reference if the expression is exactly one attribute of another resource, and otherwise undefined. */
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

/** Returns the resource of the given type in the stack to which an attribute refers exactly. */
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
 * Returns whether the stack does not set an attribute, so that AWS sets it. A path into a block, such as `rule.0.status`, never
 * counts as left to AWS, because Terraform does not show `dynamic` blocks.
 */
export function isLeftToAws({ address }: ReviewedResource, attribute: string, configuration: Configuration): boolean {
  const known = configuration.get(address);
  return known !== undefined && !attribute.includes('.') && known.expressions[attribute] === undefined;
}

/**
 * Returns an attribute's expression with known references replaced by their values, or undefined if the value cannot be
 * determined.
 */
export function filledIn(resource: ReviewedResource, attribute: string, review: Review): unknown {
  const { configuration } = review;
  // AWS sets whole attributes. A partly known value comes from a block of the stack that Terraform does not show.
  if (isLeftToAws(resource, attribute, configuration)) {
    return readValue(resource.change.after_unknown, attribute) === true ? '' : undefined;
  }
  const tree = configuration.get(resource.address)?.expressions[attribute];
  if (tree === undefined) return undefined;
  const leaves = leavesOf(tree).map((leaf) => (isPlain(leaf) ? filledValue(leaf.constant_value, review) : undefined));
  if (leaves.includes(undefined)) return undefined;
  return isExpression(tree) ? leaves[0] : leaves;
}

/** Returns the attributes that are known only after the apply, with known references replaced by their values. */
export function unknownValues(resource: ReviewedResource, review: Review): Values {
  const unknown = Object.entries((resource.change.after_unknown ?? {}) as Values).filter(([, marks]) =>
    isMarked(marks),
  );
  return Object.fromEntries(unknown.map(([attribute]) => [attribute, filledIn(resource, attribute, review)]));
}

/** Replaces the references in every string of arrays and maps. Returns undefined if one value cannot be determined. */
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
    const known = readValue(planned.find((one) => one.address === address)?.change.after, attribute);
    if (typeof known === 'string' || typeof known === 'number') return String(known);
    if (/^(\w+_)?arn$/.test(attribute)) return `arn:aws:${address}::${accountId}:new`;
    if (!madeByAws.has(`${type}.${attribute}`)) isHidden = true;
    return NOT_KNOWN_YET;
  });
  if (isHidden) return undefined;
  return filled.replaceAll(/\$\{var\.(\w+)\}/g, (_, name: string) => String(readValue(variables[name], 'value')));
}

/** Returns whether the expression contains plain references only, without functions. */
function isPlain({ constant_value, references }: Expression): boolean {
  if (constant_value === undefined) return false;
  const texts = textsIn(constant_value);
  const foreign = references.filter((name) => !name.startsWith('var.'));
  // An expression of variables only is known.
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

/** Returns all expressions in a block and its nested blocks. */
function leavesOf(tree: unknown): Expression[] {
  if (typeof tree !== 'object' || tree === null) return [];
  // An array is a list of blocks, which may be empty. An empty expression is computed without a reference.
  if (Array.isArray(tree)) return tree.flatMap((block) => Object.values(block ?? {}).flatMap(leavesOf));
  const isBlock = Object.values(tree).some((inner) => typeof inner === 'object') && !isExpression(tree);
  return isBlock ? Object.values(tree).flatMap(leavesOf) : [expressionSchema.parse(tree)];
}

function isExpression(tree: unknown): boolean {
  return typeof tree === 'object' && tree !== null && ('references' in tree || 'constant_value' in tree);
}
