/**
 * Whether AWS would allow a call, within one account.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
import { conditionsHold } from './conditions.ts';
import { type Context, type IamStatement, list, matches } from './statement.ts';

/** A policy has an element that is not evaluated here. */
export class UnknownElementError extends Error {
  override readonly name = 'UnknownElementError';
}

export interface Call {
  /** `s3:GetObject`. */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  readonly context: Context;
}

/** Who calls: the ARN of a role, or a service by its name. */
export type Caller = { readonly role: string } | { readonly service: string };

/** The policies that have a say in a call. Those that are left out do not. */
export interface Policies {
  /** The role's own. */
  readonly identity?: readonly IamStatement[];
  /** The role's permissions boundary. */
  readonly boundary?: readonly IamStatement[];
  /** The resource's own. */
  readonly resource?: readonly IamStatement[];
  /** Whether the resource's policy must allow each call itself or hand it to IAM, as a KMS key's must. */
  readonly resourceDecides?: boolean;
  /** Of the VPC endpoint that the call goes through. */
  readonly endpoint?: readonly IamStatement[];
}

export interface Decision {
  readonly allowed: boolean;
  /** A sentence: which policy denied, or which did not allow. */
  readonly because: string;
}

/**
 * Decides as AWS does for a caller of the resource's own account.
 *
 * An explicit deny anywhere wins. The endpoint must allow. Then the role's own policies must allow, or the resource's policy; the
 * boundary holds both, except where the resource's policy allows everybody:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic.
 * A KMS key's policy must allow in any case, to the role or to the account: to the account means that IAM decides.
 *
 * @throws {UnknownElementError} a policy says something that is not evaluated here.
 */
export function decide(call: Call, caller: Caller, policies: Policies): Decision {
  const { identity = [], boundary, resource = [], resourceDecides = false, endpoint } = policies;
  const context: Context = { ...contextOf(caller), ...call.context };
  const asked = { ...call, context };
  const own = (statement: IamStatement) => speaksOf(statement, asked);
  const toCaller = (statement: IamStatement) => own(statement) && meets(statement, caller);
  const toAccount = (statement: IamStatement) =>
    'role' in caller && own(statement) && meetsAccount(statement, caller.role);
  // Whoever is of an account is denied what the whole account is denied.
  const onCaller = (statement: IamStatement) => toCaller(statement) || toAccount(statement);
  const parts: readonly [string, readonly IamStatement[], (statement: IamStatement) => boolean][] = [
    ["the role's policies deny", identity, own],
    ['the boundary denies', boundary ?? [], own],
    ["the resource's policy denies", resource, onCaller],
    ["the endpoint's policy denies", endpoint ?? [], onCaller],
  ];
  for (const [denies, statements, applies] of parts) {
    const denial = statements.find((statement) => statement.Effect === 'Deny' && applies(statement));
    if (denial !== undefined) return { allowed: false, because: `${denies} it${named(denial)}` };
  }
  const allows = (statements: readonly IamStatement[], applies: (statement: IamStatement) => boolean) =>
    statements.find((statement) => statement.Effect === 'Allow' && applies(statement));
  if (endpoint !== undefined && allows(endpoint, toCaller) === undefined) {
    return { allowed: false, because: "the endpoint's policy does not allow it" };
  }
  const isBeyond = boundary !== undefined && allows(boundary, own) === undefined;
  const byResource = allows(
    resource,
    (statement) => toCaller(statement) && (!isBeyond || 'service' in caller || letsAnybodyIn(statement)),
  );
  if (byResource !== undefined) {
    return { allowed: true, because: `the resource's policy allows it${named(byResource)}` };
  }
  const byName = allows(resource, toCaller);
  if ('service' in caller || (resourceDecides && (byName ?? allows(resource, toAccount)) === undefined)) {
    return { allowed: false, because: "the resource's policy does not allow it" };
  }
  const byRole = allows(identity, own);
  if ((byName ?? byRole) === undefined) return { allowed: false, because: "the role's policies do not allow it" };
  if (isBeyond || byRole === undefined) return { allowed: false, because: 'the boundary does not allow it' };
  return { allowed: true, because: `the role's policies allow it${named(byRole)}` };
}

function named({ Sid }: IamStatement): string {
  return Sid === undefined ? '' : ` (${Sid})`;
}

/** Keys that each request of a role has. */
function contextOf(caller: Caller): Context {
  if ('service' in caller) return { 'aws:PrincipalServiceName': caller.service, 'aws:SecureTransport': 'true' };
  return {
    'aws:PrincipalArn': caller.role,
    'aws:PrincipalAccount': caller.role.split(':')[4] ?? '',
    'aws:SecureTransport': 'true',
  };
}

function speaksOf(statement: IamStatement, { action, resource, context }: Call): boolean {
  refuseUnknown(statement);
  return (
    list(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    (statement.Resource === undefined || list(statement.Resource).some((pattern) => matches(pattern, resource))) &&
    conditionsHold(statement.Condition ?? {}, context)
  );
}

/**
 * What is left out here would be taken for a statement that speaks of nothing, or of everything: an error and no guess.
 *
 * Policy variables are `${aws:…}`; what Terraform fills in, `${var.…}`, has no colon behind its first word.
 */
function refuseUnknown(statement: IamStatement): void {
  const inverted = ['NotAction', 'NotResource', 'NotPrincipal'].find((element) => element in statement);
  const texts = [
    statement.Resource,
    ...Object.values(statement.Condition ?? {}).flatMap((keys) => Object.values(keys)),
  ];
  const variable = texts.flatMap(list).find((text) => /\$\{([\w-]+:|[*?$]\})/.test(text));
  if (inverted === undefined && variable === undefined) return;
  throw new UnknownElementError(
    `${inverted ?? `The policy variable in ${variable}`} is not evaluated${named(statement)}: add it to infra/src/iam/evaluate.ts.`,
  );
}

/** Whether a resource's policy speaks of everybody. */
function letsAnybodyIn({ Principal }: IamStatement): boolean {
  return Principal === '*' || (Principal !== undefined && list(Principal.AWS).includes('*'));
}

/** Whether a resource's policy speaks of the caller: by its name, or of everybody. */
function meets(statement: IamStatement, caller: Caller): boolean {
  const { Principal } = statement;
  if (Principal === undefined || Principal === '*') return Principal === '*';
  if (letsAnybodyIn(statement)) return true;
  const names = ([kind, values]: [string, string | readonly string[]]) => list(values).map((name) => [kind, name]);
  return Object.entries(Principal)
    .flatMap(names)
    .some(([kind, name]) =>
      'service' in caller ? kind === 'Service' && name === caller.service : kind === 'AWS' && name === caller.role,
    );
}

/** Whether it speaks of the caller's whole account, which hands the decision to IAM. */
function meetsAccount({ Principal }: IamStatement, role: string): boolean {
  if (Principal === undefined || Principal === '*') return false;
  const account = role.split(':')[4] ?? '';
  return list(Principal.AWS).some((name) => name === account || name === `arn:aws:iam::${account}:root`);
}
