/** Compares IAM policies: finds rights that a policy newly allows. */
import * as z from 'zod';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.record(z.string(), oneOrMore)]).optional(),
  NotPrincipal: z.unknown().optional(),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

const document = z.object({
  Statement: z.union([statement, z.array(statement)]).transform((value) => [value].flat()),
});

/** One action on one resource by one principal. Negated elements such as `NotAction` are compared as a whole. */
interface Right {
  readonly effect: 'Allow' | 'Deny';
  readonly action: string;
  readonly resource: string;
  readonly principal: string;
  /** Conditions that must all hold. */
  readonly conditions: readonly string[];
}

/** Thrown if the text is not a policy that can be compared. */
export class UnreadablePolicyError extends Error {
  override readonly name = 'UnreadablePolicyError';
}

/** Returns the rights in a policy's JSON, or an empty list without a policy. */
export function rightsOf(json: unknown): Right[] {
  if (json === null || json === undefined || json === '') return [];
  return parsed(json).Statement.flatMap((one) => {
    const conditions = Object.entries(one.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) => `${operator} ${key} ${[value].flat().map(String).sort().join(' ')}`),
    );
    const actions = one.Action?.map((action) => action.toLowerCase()) ?? [`not ${JSON.stringify(one.NotAction)}`];
    const resources = one.Resource ?? [one.NotResource === undefined ? '' : `not ${JSON.stringify(one.NotResource)}`];
    return actions.flatMap((action) =>
      resources.flatMap((resource) =>
        principalsOf(one).map((principal) => ({ effect: one.Effect, action, resource, principal, conditions })),
      ),
    );
  });
}

function parsed(json: unknown): z.infer<typeof document> {
  try {
    return document.parse(JSON.parse(String(json)));
  } catch {
    throw new UnreadablePolicyError('The policy cannot be parsed, so it cannot be compared.');
  }
}

function principalsOf({ Principal, NotPrincipal }: z.infer<typeof statement>): string[] {
  if (NotPrincipal !== undefined) return [`not ${JSON.stringify(NotPrincipal)}`];
  if (Principal === undefined) return [''];
  if (Principal === '*') return ['AWS *'];
  return Object.entries(Principal).flatMap(([kind, names]) => names.map((name) => `${kind} ${name}`));
}

/** Describes the rights that only `after` allows, and the rights that only `before` denies. */
export function widening(before: readonly Right[], after: readonly Right[]): string[] {
  const allowed = missing(ofEffect(after, 'Allow'), ofEffect(before, 'Allow'));
  const undenied = missing(ofEffect(before, 'Deny'), ofEffect(after, 'Deny'));
  return [
    ...allowed.map((right) => `allows ${worded(right)}`),
    ...undenied.map((right) => `no longer denies ${worded(right)}`),
  ];
}

/** Describes the rights of principals other than AWS services and the account itself. */
export function rightsOfStrangers(rights: readonly Right[], accountId: string): string[] {
  return ofEffect(rights, 'Allow')
    .filter((right) => !isOwn(right, accountId))
    .map((right) => `allows ${worded(right)}`);
}

/** Returns whether a right belongs to AWS services or the account. The policy of a role names no principal. */
function isOwn({ principal, conditions }: Right, accountId: string): boolean {
  if (principal === '' || /^Service [\w.-]+\.amazonaws\.com$/.test(principal)) return true;
  if (principal === `AWS ${accountId}` || isOfAccount(principal.replace(/^AWS /, ''), accountId)) return true;
  return principal === 'AWS *' && conditions.some((condition) => isPinned(condition, accountId));
}

/** Operators that hold only if the request has the key with one of the values. */
const pinning = /^(StringEquals|StringLike|ArnEquals|ArnLike)$/;

function isPinned(condition: string, accountId: string): boolean {
  const [operator = '', key = '', ...values] = condition.split(' ');
  if (!pinning.test(operator) || values.length === 0) return false;
  if (/^(aws:PrincipalAccount|aws:SourceAccount|kms:CallerAccount)$/i.test(key)) {
    return values.every((value) => value === accountId);
  }
  return /^aws:(PrincipalArn|SourceArn)$/i.test(key) && values.every((value) => isOfAccount(value, accountId));
}

/** Returns whether an ARN contains the account. The ARN of a bucket contains no account. */
export function isOfAccount(arn: string, accountId: string): boolean {
  return arn.split(':')[0] === 'arn' && arn.split(':')[4] === accountId;
}

function ofEffect(rights: readonly Right[], effect: Right['effect']): Right[] {
  return rights.filter((right) => right.effect === effect);
}

function missing(rights: readonly Right[], held: readonly Right[]): Right[] {
  const same = new Set(held.map((right) => JSON.stringify(right)));
  return rights.filter((right) => !same.has(JSON.stringify(right)) && !held.some((other) => covers(other, right)));
}

/** Returns whether `wide` includes `narrow`. */
function covers(wide: Right, narrow: Right): boolean {
  return (
    matches(wide.principal, narrow.principal) &&
    matches(wide.action, narrow.action) &&
    matches(wide.resource, narrow.resource) &&
    wide.conditions.every((condition) => narrow.conditions.includes(condition))
  );
}

/** Matches IAM's wildcards `*` and `?`. A `*` in the text matches only a `*` in the pattern. */
function matches(pattern: string, text: string): boolean {
  if (pattern === text) return true;
  if (pattern.startsWith('not ') || text.startsWith('not ') || !/[*?]/.test(pattern)) return false;
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '[^*]')}$`).test(text);
}

function worded({ action, resource, principal, conditions }: Right): string {
  const on = resource === '' ? '' : ` on ${resource}`;
  const by = principal === '' ? '' : ` by ${principal === 'AWS *' ? 'everybody' : principal}`;
  return `${action}${on}${by}${conditions.length === 0 ? '' : ` if ${conditions.join(' and ')}`}`;
}
