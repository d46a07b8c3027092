/** Who gets in from outside: other accounts, callers of a new function, and new functions with the rights of others. */
import { type Judge, listed, type Violation } from './judge.ts';
import { isOwnerNew } from './owners.ts';
import { at, isMarked, type Values } from './reviewed-plan.ts';
import { isOfAccount } from './statements.ts';

/** Accounts in ARNs, wherever they are: of a principal, a target, a key, a layer, an alarm's action. */
export const otherAccounts: Judge = ({ address, change: { before, after } }, { accountId }) => {
  const known = new Set([accountId, ...accountsIn(before)]);
  const others = [...new Set(accountsIn(after))].filter((account) => !known.has(account));
  if (others.length === 0) return [];
  return [{ rule: 'widens-iam', address, what: `names another account: ${listed(others)}` }];
};

function accountsIn(values: Values | null): string[] {
  const arns = JSON.stringify(values).matchAll(/\barn:aws[a-z-]*:[\w-]*:[\w-]*:(\d{12}):/g);
  return [...arns].map(([, account = '']) => account);
}

/** Who may start a new function: the account, or a service in its name. Of what is there already, each grant is refused. */
export const callers: Judge = (resource, review) => {
  const { address, type, change } = resource;
  if (type !== 'aws_lambda_permission' || change.before !== null || !isOwnerNew(resource, review)) return [];
  const { accountId } = review;
  const { principal, source_account, source_arn, function_url_auth_type } = change.after ?? {};
  const violation: Violation = { rule: 'widens-iam', address, what: `lets ${principal} start a new function` };
  if (function_url_auth_type) return [violation];
  if (principal === accountId || isOfAccount(String(principal), accountId)) return [];
  // An ARN that is not known yet is of something that the stacks create.
  const comesFromHere =
    source_account === accountId ||
    isOfAccount(String(source_arn), accountId) ||
    isMarked(at(change.after_unknown, 'source_arn'));
  return /^[\w.-]+\.amazonaws\.com$/.test(String(principal)) && comesFromHere ? [] : [violation];
};

/** What runs code, by the attribute that names its role. */
const runners: Readonly<Record<string, string>> = {
  aws_glue_crawler: 'role',
  aws_glue_job: 'role_arn',
  aws_lambda_function: 'role',
};

/** Something new runs with a role of its own: of its stack, and of nothing else. */
export const borrowedRoles: Judge = ({ address, type, change }, { planned }) => {
  const attribute = runners[type];
  const role = attribute === undefined ? undefined : change.after?.[attribute];
  // A role that is not known yet is created with it.
  if (change.before !== null || typeof role !== 'string') return [];
  const violation = (what: string): Violation => ({ rule: 'widens-iam', address, what });
  const other = planned.find(
    (one) => one.change.after !== null && one.change.before?.[runners[one.type] ?? ''] === role,
  );
  if (other !== undefined) return [violation(`runs with the rights of ${other.address}`)];
  const isOwn = planned.some(
    (one) =>
      one.type === 'aws_iam_role' &&
      [one.change.before, one.change.after].some((values) => values?.arn === role || values?.name === role),
  );
  return isOwn ? [] : [violation('runs with a role that its stack does not have')];
};
