/**
 * Whether AWS would allow a call, within one account.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
import { conditionsHold } from './conditions.ts';
import { type Context, type IamStatement, list, matches } from './statement.ts';

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
 * An explicit deny anywhere wins. The endpoint must allow. Then the role's own policies within its boundary must allow, or the
 * resource's policy. A KMS key's policy must allow in any case, to the role or to the account: to the account means that IAM decides.
 */
export function decide(call: Call, caller: Caller, policies: Policies): Decision {
  const { identity = [], boundary, resource = [], resourceDecides = false, endpoint } = policies;
  const context: Context = { ...contextOf(caller), ...call.context };
  const asked = { ...call, context };
  const own = (statement: IamStatement) => speaksOf(statement, asked);
  const toCaller = (statement: IamStatement) => own(statement) && meets(statement, caller);
  const parts: readonly [string, readonly IamStatement[], (statement: IamStatement) => boolean][] = [
    ["the role's policies deny", identity, own],
    ['the boundary denies', boundary ?? [], own],
    ["the resource's policy denies", resource, toCaller],
    ["the endpoint's policy denies", endpoint ?? [], toCaller],
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
  const byResource = allows(resource, toCaller);
  if (byResource !== undefined) {
    return { allowed: true, because: `the resource's policy allows it${named(byResource)}` };
  }
  const handsOver = (statement: IamStatement) =>
    'role' in caller && own(statement) && meetsAccount(statement, caller.role);
  if ('service' in caller || (resourceDecides && allows(resource, handsOver) === undefined)) {
    return { allowed: false, because: "the resource's policy does not allow it" };
  }
  const byRole = allows(identity, own);
  if (byRole === undefined) return { allowed: false, because: "the role's policies do not allow it" };
  if (boundary !== undefined && allows(boundary, own) === undefined) {
    return { allowed: false, because: 'the boundary does not allow it' };
  }
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
  return (
    list(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    (statement.Resource === undefined || list(statement.Resource).some((pattern) => matches(pattern, resource))) &&
    conditionsHold(statement.Condition ?? {}, context)
  );
}

/** Whether a resource's policy speaks of the caller: by its name, or of everybody. */
function meets({ Principal }: IamStatement, caller: Caller): boolean {
  if (Principal === undefined) return false;
  if (Principal === '*') return true;
  const names = ([kind, values]: [string, string | readonly string[]]) => list(values).map((name) => [kind, name]);
  return Object.entries(Principal)
    .flatMap(names)
    .some(([kind, name]) => {
      if (kind === 'AWS' && name === '*') return true;
      return 'service' in caller
        ? kind === 'Service' && name === caller.service
        : kind === 'AWS' && name === caller.role;
    });
}

/** Whether it speaks of the caller's whole account, which hands the decision to IAM. */
function meetsAccount({ Principal }: IamStatement, role: string): boolean {
  if (Principal === undefined || Principal === '*') return false;
  const account = role.split(':')[4] ?? '';
  return list(Principal.AWS).some((name) => name === account || name === `arn:aws:iam::${account}:root`);
}
