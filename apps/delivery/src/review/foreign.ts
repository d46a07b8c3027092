/**
 * Judges foreign access: by other accounts and buckets, by callers of new functions, and by new code that uses the role
 * of another resource.
 */
import { isSettable } from './changed-attributes.ts';
import { filledIn, NOT_KNOWN_YET, referredTo, unknownValues } from './configuration.ts';
import { type Judge, listed, type Violation } from './judge.ts';
import { isOwnerNew } from './owners.ts';
import type { Values } from './reviewed-plan.ts';
import { policyAttributes } from './rules.ts';
import { isOfAccount } from './statements.ts';

/** Refuses ARNs of other accounts in any attribute: in a principal, a target, a key, a layer or an alarm's action. */
export const otherAccounts: Judge = (resource, review) => {
  const { address, change } = resource;
  const known = new Set([review.accountId, ...accountsIn(change.before)]);
  const named = [...accountsIn(change.after), ...accountsIn(unknownValues(resource, review))];
  const others = [...new Set(named)].filter((account) => !known.has(account));
  if (others.length === 0) return [];
  return [{ rule: 'widens-iam', address, what: `names another account: ${listed(others)}` }];
};

function accountsIn(values: Values | null): string[] {
  const arns = JSON.stringify(values).matchAll(/\barn:aws[a-z-]*:[\w-]*:[\w-]*:(\d{12}):/g);
  return [...arns].map(([, account = '']) => account);
}

/** Refuses unknown values unless they are references to values that AWS generates. Other unknown values may hide any text. */
export const untraceable: Judge = (resource, review) => {
  const { address, type, change } = resource;
  // Other resources cannot use values of `terraform_data`, so its values need no check.
  if (change.after === null || type === 'terraform_data') return [];
  const found = Object.entries(unknownValues(resource, review))
    .filter(([attribute, value]) => value === undefined && isSettable(type, attribute))
    .map(([attribute]) => attribute);
  if (found.length === 0) return [];
  return [
    {
      rule: 'widens-iam',
      address,
      what: `has values that cannot be determined before the apply: ${listed(found, ', ')}`,
    },
  ];
};

/** Refuses names of other buckets in code, logs and settings. Policies are compared separately. */
export const otherBuckets: Judge = (resource, review) => {
  const { names, planned } = review;
  const { address, change } = resource;
  const known = new Set([
    NOT_KNOWN_YET,
    names.artifactsBucket,
    names.consoleBucket,
    names.uploadsBucket,
    ...bucketsIn(change.before),
    ...planned.filter(({ type }) => type === 'aws_s3_bucket').map(({ change }) => change.before?.bucket),
  ]);
  const named = [...bucketsIn(change.after), ...bucketsIn(unknownValues(resource, review))];
  const others = [...new Set(named)].filter((bucket) => !known.has(bucket));
  return others.length === 0 ? [] : [{ rule: 'widens-iam', address, what: `names another bucket: ${listed(others)}` }];
};

function bucketsIn(values: Values | null): string[] {
  const { s3_bucket, ...others } = values ?? {};
  const texts = Object.entries(others).filter(([attribute]) => !policyAttributes.includes(attribute));
  const named = JSON.stringify(texts).matchAll(/(?:\bs3[an]?:\/\/|\barn:aws[a-z-]*:s3:::)([^/"'\\*,\s]+)/g);
  return [
    ...(typeof s3_bucket === 'string' && s3_bucket !== '' ? [s3_bucket] : []),
    ...[...named].map(([, bucket = '']) => bucket),
  ];
}

/** Allows only the account, or an AWS service on its behalf, to invoke a new function. Grants for existing functions are refused elsewhere. */
export const callers: Judge = (resource, review) => {
  const { address, type, change } = resource;
  if (type !== 'aws_lambda_permission' || change.before !== null || !isOwnerNew(resource, review)) return [];
  const { accountId } = review;
  const { principal, source_account, function_url_auth_type } = change.after ?? {};
  const source_arn = change.after?.source_arn ?? filledIn(resource, 'source_arn', review);
  const violation: Violation = { rule: 'widens-iam', address, what: `lets ${principal} start a new function` };
  if (function_url_auth_type) return [violation];
  if (principal === accountId || isOfAccount(String(principal), accountId)) return [];
  const comesFromHere = source_account === accountId || isOfAccount(String(source_arn), accountId);
  return /^[\w.-]+\.amazonaws\.com$/.test(String(principal)) && comesFromHere ? [] : [violation];
};

/** Resource types that run code, with the attribute that names their role. */
const runners: Readonly<Record<string, string>> = {
  aws_glue_crawler: 'role',
  aws_glue_job: 'role_arn',
  aws_lambda_function: 'role',
};

/**
 * Requires a separate role for each new resource that runs code. The role must be in the resource's stack, and no other
 * resource may use the role.
 */
export const borrowedRoles: Judge = (resource, review) => {
  const { address, type, change } = resource;
  const attribute = runners[type];
  if (attribute === undefined || change.before !== null) return [];
  const violation = (what: string): Violation => ({ rule: 'widens-iam', address, what });
  const role = change.after?.[attribute];
  if (typeof role !== 'string') {
    const isCreated = referredTo(resource, attribute, 'aws_iam_role', review)?.change.before === null;
    return isCreated ? [] : [violation('runs with a role that its stack does not create')];
  }
  const other = review.planned.find(
    (one) => one.change.after !== null && one.change.before?.[runners[one.type] ?? ''] === role,
  );
  if (other !== undefined) return [violation(`runs with the rights of ${other.address}`)];
  const isOwn = review.planned.some(
    (one) =>
      one.type === 'aws_iam_role' &&
      [one.change.before, one.change.after].some((values) => values?.arn === role || values?.name === role),
  );
  return isOwn ? [] : [violation('runs with a role that its stack does not have')];
};
