/** Reads the statements of all policies in synthesised stacks. */
import { list, matches } from '../iam/statement.ts';
import type { Attributes, Resource, Stack } from './synthesised.ts';

/** A statement in which all single values are lists. */
export interface GrantedStatement {
  /** The Terraform resource that contains the policy. */
  readonly resource: Resource;
  /** The location of the statement for messages, as `<stack>/<type>.<id> <sid>`. */
  readonly where: string;
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** The ARNs of the resources. Empty in a role's trust policy, which applies to the role itself. */
  readonly resources: readonly string[];
  /** The callers to which the statement applies. Undefined in a role's own policy. */
  readonly principal: '*' | Readonly<Record<string, readonly string[]>> | undefined;
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The original statement, which may contain elements such as `NotAction`. */
  readonly written: Attributes;
}

/**
 * Read actions that the Service Authorization Reference does not list. The provider calls APIs with these names, AWS's guides
 * mention them as rights, and IAM accepts unknown names.
 */
export const unlistedReads = ['quicksight:DescribeAnalysisDefinition', 'quicksight:DescribeDashboardDefinition'];

/** Attributes whose value is an IAM policy. */
const policyAttributes = ['policy', 'assume_role_policy'];

/**
 * Returns every statement of every policy: of roles, trusts, boundaries, buckets, queues, topics, keys and endpoints.
 *
 * @throws an Error if a policy cannot be read, or is in an unexpected attribute.
 */
export function statementsOf(stacks: readonly Stack[]): GrantedStatement[] {
  return stacks.flatMap(({ resources }) => resources.flatMap(statementsIn));
}

function statementsIn(resource: Resource): GrantedStatement[] {
  return Object.entries(resource.attributes).flatMap(([attribute, value]) => {
    if (policyAttributes.includes(attribute)) return read(resource, String(value));
    if (JSON.stringify(value).includes('\\"Effect\\"')) {
      throw new Error(`${resource.address}: ${attribute} contains a policy. Add the attribute to policyAttributes.`);
    }
    return [];
  });
}

function read(resource: Resource, policy: string): GrantedStatement[] {
  const { Statement } = JSON.parse(policy) as { Statement: readonly Record<string, never>[] };
  return Statement.map((written) => ({
    resource,
    where: `${resource.address} ${written.Sid ?? ''}`,
    sid: written.Sid ?? '',
    effect: written.Effect as unknown as 'Allow' | 'Deny',
    actions: list(written.Action),
    resources: list(written.Resource),
    principal: principals(written.Principal),
    conditions: written.Condition ?? {},
    written,
  }));
}

function principals(written: '*' | Record<string, string | string[]> | undefined): GrantedStatement['principal'] {
  if (written === undefined || written === '*') return written;
  return Object.fromEntries(Object.entries(written).map(([kind, names]) => [kind, list(names)]));
}

/**
 * Returns whether two patterns can match the same string. Terraform's expressions, `${…}`, and the placeholders of the Service
 * Authorization Reference, `${Account}`, match any string.
 */
export function overlap(left: string, right: string): boolean {
  const open = (pattern: string) => pattern.replace(/\$\{[^}]*\}/g, '*').replace(/\*+/g, '*');
  const [a, b] = [open(left), open(right)];
  const seen = new Set<string>();
  const from = (i: number, j: number): boolean => {
    const position = `${i},${j}`;
    if (seen.has(position)) return false;
    seen.add(position);
    if (i === a.length && j === b.length) return true;
    if (a[i] === '*' && (from(i + 1, j) || (j < b.length && from(i, j + 1)))) return true;
    if (b[j] === '*' && (from(i, j + 1) || (i < a.length && from(i + 1, j)))) return true;
    return i < a.length && a[i] === b[j] && a[i] !== '*' && from(i + 1, j + 1);
  };
  return from(0, 0);
}

/**
 * Returns whether the statements of one role may allow an action. Assumes that the conditions of each Allow are met,
 * and that the conditions of each Deny are not met. The function allows more than AWS does, so AWS also rejects every
 * action that the function rejects.
 */
export function mayEver(statements: readonly GrantedStatement[], action: string, resource: string): boolean {
  const matching = statements.filter(
    ({ actions, resources }) =>
      actions.some((pattern) => matches(pattern, action)) && resources.some((pattern) => matches(pattern, resource)),
  );
  return (
    matching.some(({ effect }) => effect === 'Allow') &&
    !matching.some(({ effect, conditions }) => effect === 'Deny' && Object.keys(conditions).length === 0)
  );
}

/** Returns whether a resource can be of the type with this ARN pattern in the Service Authorization Reference. */
export function fitsArn(resource: string, arn: string): boolean {
  // A bucket's ARN has no slash; an object's key begins after the first one.
  if (arn.endsWith('BucketName}') && resource.includes('/')) return false;
  const [parts, others] = [resource, arn].map(partsOfArn);
  if (parts === undefined || others === undefined) return overlap(resource, arn);
  return parts.every((part, index) => overlap(part, others[index] ?? ''));
}

/**
 * Returns partition, service, region, account and the rest. Returns undefined if the string is not an ARN before Terraform
 * evaluates it.
 */
function partsOfArn(text: string): string[] | undefined {
  const [arn, partition, service, region, account, ...rest] = text.replace(/\$\{[^}]*\}/g, '*').split(':');
  if (arn !== 'arn' || rest.length === 0) return undefined;
  return [partition, service, region, account, rest.join(':')].map((part) => part ?? '');
}
