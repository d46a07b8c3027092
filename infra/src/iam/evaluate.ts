/**
 * Evaluates whether AWS would allow a call within one account.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
import { conditionsHold } from './conditions.ts';
import { type Context, type IamStatement, list, matches } from './statement.ts';

/** Reports that a policy contains an element that is not implemented here. */
export class UnknownElementError extends Error {
  override readonly name = 'UnknownElementError';
}

export interface Call {
  /** The IAM action, such as `s3:GetObject`. */
  readonly action: string;
  /** The ARN of the resource, or `*` if the action has no resource type. */
  readonly resource: string;
  readonly context: Context;
}

/** The caller: the ARN of a role, or the name of a service. */
export type Caller = { readonly role: string } | { readonly service: string };

/** The policies that apply to a call. A policy that is omitted does not apply. */
export interface Policies {
  /** The role's own policies. */
  readonly identity?: readonly IamStatement[];
  /** The role's permissions boundary. */
  readonly boundary?: readonly IamStatement[];
  /** The resource's own policy. */
  readonly resource?: readonly IamStatement[];
  /** Whether the resource's policy must allow each call or delegate the decision to IAM. True for KMS keys. */
  readonly resourceDecides?: boolean;
  /** The policy of the VPC endpoint that the call goes through. */
  readonly endpoint?: readonly IamStatement[];
}

export interface Decision {
  readonly allowed: boolean;
  /** A sentence that names the policy that allowed or denied the call. */
  readonly because: string;
}

/**
 * Decides as AWS does for a caller of the resource's own account.
 *
 * An explicit deny in any policy wins. The endpoint's policy must allow the call. The role's own policies or the resource's policy
 * must also allow the call. The boundary limits both, unless the resource's policy allows everybody:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic.
 * A KMS key's policy must always allow the role or the account. If the key's policy allows only the account, the role
 * also needs an IAM policy that allows the call.
 *
 * @throws {UnknownElementError} a policy contains an element that is not implemented here.
 */
export function decide(call: Call, caller: Caller, policies: Policies): Decision {
  const { identity = [], boundary, resource = [], resourceDecides = false, endpoint } = policies;
  const context: Context = { ...contextOf(caller), ...call.context };
  const request = { ...call, context };
  const own = (statement: IamStatement) => matchesCall(statement, request);
  const toCaller = (statement: IamStatement) => own(statement) && namesCaller(statement, caller);
  const toAccount = (statement: IamStatement) =>
    'role' in caller && own(statement) && namesAccountOf(statement, caller.role);
  // A deny for the whole account applies to all its callers.
  const onCaller = (statement: IamStatement) => toCaller(statement) || toAccount(statement);
  const parts: readonly [string, readonly IamStatement[], (statement: IamStatement) => boolean][] = [
    ["the role's policies deny", identity, own],
    ['the boundary denies', boundary ?? [], own],
    ["the resource's policy denies", resource, onCaller],
    ["the endpoint's policy denies", endpoint ?? [], onCaller],
  ];
  for (const [denies, statements, applies] of parts) {
    const denial = statements.find((statement) => statement.Effect === 'Deny' && applies(statement));
    if (denial !== undefined) return { allowed: false, because: `${denies} the call${suffixOf(denial)}` };
  }
  const allows = (statements: readonly IamStatement[], applies: (statement: IamStatement) => boolean) =>
    statements.find((statement) => statement.Effect === 'Allow' && applies(statement));
  if (endpoint !== undefined && allows(endpoint, toCaller) === undefined) {
    return { allowed: false, because: "the endpoint's policy does not allow the call" };
  }
  const isBeyond = boundary !== undefined && allows(boundary, own) === undefined;
  const byResource = allows(
    resource,
    (statement) => toCaller(statement) && (!isBeyond || 'service' in caller || allowsEverybody(statement)),
  );
  if (byResource !== undefined) {
    return { allowed: true, because: `the resource's policy allows the call${suffixOf(byResource)}` };
  }
  const byName = allows(resource, toCaller);
  if ('service' in caller || (resourceDecides && (byName ?? allows(resource, toAccount)) === undefined)) {
    return { allowed: false, because: "the resource's policy does not allow the call" };
  }
  const byRole = allows(identity, own);
  if ((byName ?? byRole) === undefined) return { allowed: false, because: "the role's policies do not allow the call" };
  if (isBeyond || byRole === undefined) return { allowed: false, because: 'the boundary does not allow the call' };
  return { allowed: true, because: `the role's policies allow the call${suffixOf(byRole)}` };
}

function suffixOf({ Sid }: IamStatement): string {
  return Sid === undefined ? '' : ` (${Sid})`;
}

/** Returns the condition keys that every request has. */
function contextOf(caller: Caller): Context {
  if ('service' in caller) return { 'aws:PrincipalServiceName': caller.service, 'aws:SecureTransport': 'true' };
  return {
    'aws:PrincipalArn': caller.role,
    'aws:PrincipalAccount': caller.role.split(':')[4] ?? '',
    'aws:SecureTransport': 'true',
  };
}

function matchesCall(statement: IamStatement, { action, resource, context }: Call): boolean {
  rejectUnknown(statement);
  return (
    list(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    (statement.Resource === undefined || list(statement.Resource).some((pattern) => matches(pattern, resource))) &&
    conditionsHold(statement.Condition ?? {}, context)
  );
}

/**
 * Rejects elements that are not implemented. If one were ignored, the statement would match nothing or everything.
 *
 * Policy variables have the form `${aws:…}`. Terraform's expressions, such as `${var.…}`, have no colon after the first
 * word.
 */
function rejectUnknown(statement: IamStatement): void {
  const inverted = ['NotAction', 'NotResource', 'NotPrincipal'].find((element) => element in statement);
  const texts = [
    statement.Resource,
    ...Object.values(statement.Condition ?? {}).flatMap((keys) => Object.values(keys)),
  ];
  const variable = texts.flatMap(list).find((text) => /\$\{([\w-]+:|[*?$]\})/.test(text));
  if (inverted === undefined && variable === undefined) return;
  throw new UnknownElementError(
    `${inverted ?? `The policy variable in ${variable}`} is not implemented${suffixOf(statement)}. Add it to infra/src/iam/evaluate.ts.`,
  );
}

/** Returns whether a statement of a resource's policy names everybody as principal. */
function allowsEverybody({ Principal }: IamStatement): boolean {
  return Principal === '*' || (Principal !== undefined && list(Principal.AWS).includes('*'));
}

/** Returns whether a statement of a resource's policy names the caller or everybody as principal. */
function namesCaller(statement: IamStatement, caller: Caller): boolean {
  const { Principal } = statement;
  if (Principal === undefined || Principal === '*') return Principal === '*';
  if (allowsEverybody(statement)) return true;
  const pairs = ([kind, values]: [string, string | readonly string[]]) => list(values).map((name) => [kind, name]);
  return Object.entries(Principal)
    .flatMap(pairs)
    .some(([kind, name]) =>
      'service' in caller ? kind === 'Service' && name === caller.service : kind === 'AWS' && name === caller.role,
    );
}

/** Returns whether a statement names the caller's whole account as principal, which delegates the decision to IAM. */
function namesAccountOf({ Principal }: IamStatement, role: string): boolean {
  if (Principal === undefined || Principal === '*') return false;
  const account = role.split(':')[4] ?? '';
  return list(Principal.AWS).some((name) => name === account || name === `arn:aws:iam::${account}:root`);
}
