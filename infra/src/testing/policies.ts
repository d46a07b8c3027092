/** The policies in synthesised stacks, statement by statement. */
import { list, matches } from '../iam/statement.ts';
import type { Attributes, Resource, Stack } from './synthesised.ts';

/** A statement as IAM reads it, with lists where it may also be one. */
export interface GrantedStatement {
  /** The resource of Terraform's that holds the policy. */
  readonly resource: Resource;
  /** `<stack>/<type>.<id> <sid>`, for messages. */
  readonly where: string;
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** None in a role's trust, which speaks of the role itself. */
  readonly resources: readonly string[];
  /** None in a role's own policy. */
  readonly principal: '*' | Readonly<Record<string, readonly string[]>> | undefined;
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** All that is written, such as a `NotAction` that nobody should write. */
  readonly written: Attributes;
}

/**
 * Reading actions that the Service Authorization Reference does not list. The provider calls APIs of these names, AWS's guides name
 * them as rights, and IAM takes names that it does not know.
 */
export const unlistedReads = ['quicksight:DescribeAnalysisDefinition', 'quicksight:DescribeDashboardDefinition'];

/** Attributes whose value is a policy of IAM's. */
const policyAttributes = ['policy', 'assume_role_policy'];

/**
 * Every statement of every policy: roles' own, trusts, boundaries, and those of buckets, queues, topics, keys and endpoints.
 *
 * @throws an Error where something looks like a policy and is not one, or stands where none is looked for.
 */
export function statementsOf(stacks: readonly Stack[]): GrantedStatement[] {
  return stacks.flatMap(({ resources }) => resources.flatMap(statementsIn));
}

function statementsIn(resource: Resource): GrantedStatement[] {
  return Object.entries(resource.attributes).flatMap(([attribute, value]) => {
    if (policyAttributes.includes(attribute)) return read(resource, String(value));
    if (JSON.stringify(value).includes('\\"Effect\\"')) {
      throw new Error(`${resource.address}: ${attribute} holds a policy; add it to policyAttributes.`);
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
 * Whether two patterns have a text in common. What Terraform fills in, `${…}`, and what the Service Authorization Reference
 * leaves open, `${Account}`, stand for any text.
 */
export function overlap(left: string, right: string): boolean {
  const open = (pattern: string) => pattern.replace(/\$\{[^}]*\}/g, '*').replace(/\*+/g, '*');
  const [a, b] = [open(left), open(right)];
  const seen = new Set<string>();
  const from = (i: number, j: number): boolean => {
    const at = `${i},${j}`;
    if (seen.has(at)) return false;
    seen.add(at);
    if (i === a.length && j === b.length) return true;
    if (a[i] === '*' && (from(i + 1, j) || (j < b.length && from(i, j + 1)))) return true;
    if (b[j] === '*' && (from(i, j + 1) || (i < a.length && from(i + 1, j)))) return true;
    return i < a.length && a[i] === b[j] && a[i] !== '*' && from(i + 1, j + 1);
  };
  return from(0, 0);
}

/**
 * Whether these statements, which are one role's, would allow an action if every condition of an Allow held and none of a
 * Deny did: more than AWS would, so that what is refused here is refused there.
 */
export function mayEver(statements: readonly GrantedStatement[], action: string, resource: string): boolean {
  const speakOfIt = statements.filter(
    ({ actions, resources }) =>
      actions.some((pattern) => matches(pattern, action)) && resources.some((pattern) => matches(pattern, resource)),
  );
  return (
    speakOfIt.some(({ effect }) => effect === 'Allow') &&
    !speakOfIt.some(({ effect, conditions }) => effect === 'Deny' && Object.keys(conditions).length === 0)
  );
}

/** Whether a statement's resource may be one of the type whose ARN the Service Authorization Reference writes so. */
export function fitsArn(resource: string, arn: string): boolean {
  // A bucket's name ends where an object's key begins.
  if (arn.endsWith('BucketName}') && resource.includes('/')) return false;
  const [parts, others] = [resource, arn].map(partsOfArn);
  if (parts === undefined || others === undefined) return overlap(resource, arn);
  return parts.every((part, index) => overlap(part, others[index] ?? ''));
}

/** Partition, service, region, account and the rest, or undefined for what is no ARN until Terraform fills it in. */
function partsOfArn(text: string): string[] | undefined {
  const [arn, partition, service, region, account, ...rest] = text.replace(/\$\{[^}]*\}/g, '*').split(':');
  if (arn !== 'arn' || rest.length === 0) return undefined;
  return [partition, service, region, account, rest.join(':')].map((part) => part ?? '');
}
