/** Compares the evaluator with the examples in AWS's documentation. */
import { describe, expect, test } from 'vitest';
import { UnknownOperatorError } from './conditions.ts';
import { type Call, type Caller, decide, UnknownElementError } from './evaluate.ts';
import type { Context, IamStatement } from './statement.ts';

const ROLE = 'arn:aws:iam::123456789012:role/example';
const caller: Caller = { role: ROLE };
const call = (action: string, resource: string, context: Context = {}): Call => ({ action, resource, context });
const allow = (
  Action: string | string[],
  Resource: string | string[],
  more: Partial<IamStatement> = {},
): IamStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string, Resource: string, more: Partial<IamStatement> = {}): IamStatement => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});
const may = (request: Call, ...identity: IamStatement[]) => decide(request, caller, { identity }).allowed;

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
describe('decide', () => {
  const getObject = call('s3:GetObject', 'arn:aws:s3:::example-bucket/a');

  test('denies a call that no policy allows', () => {
    expect(may(getObject)).toBe(false);
    expect(decide(getObject, caller, {}).because).toBe("the role's policies do not allow the call");
  });

  test('denies a call that one policy denies, even if other policies allow the call', () => {
    const identity = [allow('s3:*', '*'), deny('s3:GetObject', 'arn:aws:s3:::example-bucket/*', { Sid: 'No' })];
    expect(decide(getObject, caller, { identity })).toEqual({
      allowed: false,
      because: "the role's policies deny the call (No)",
    });
    const resource = [deny('s3:*', 'arn:aws:s3:::example-bucket/*', { Principal: '*' })];
    expect(decide(getObject, caller, { identity: [allow('s3:*', '*')], resource }).allowed).toBe(false);
  });

  test('allows a call that the resource’s policy allows, even if the role’s own policies do not', () => {
    const resource = [allow('s3:GetObject', 'arn:aws:s3:::example-bucket/*', { Principal: { AWS: ROLE } })];
    expect(decide(getObject, caller, { resource }).allowed).toBe(true);
    expect(decide(getObject, { role: `${ROLE}-other` }, { resource }).allowed).toBe(false);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
  test('denies a call outside the boundary, as in AWS’s example of the user Shirley', () => {
    const boundary = [allow(['s3:*', 'cloudwatch:*', 'ec2:*'], '*')];
    const createUser = call('iam:CreateUser', 'arn:aws:iam::123456789012:user/new');
    const identity = [allow('iam:CreateUser', '*')];
    expect(decide(createUser, caller, { identity, boundary })).toEqual({
      allowed: false,
      because: 'the boundary does not allow the call',
    });
    expect(decide(createUser, caller, { identity }).allowed).toBe(true);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html, "Evaluating effective permissions
  // with boundaries".
  test('applies the boundary if the resource’s policy names the role, but not if the policy allows everybody', () => {
    const boundary = [allow('s3:ListBucket', '*')];
    const byName = [allow('s3:GetObject', '*', { Principal: { AWS: ROLE } })];
    expect(decide(getObject, caller, { resource: byName, boundary })).toEqual({
      allowed: false,
      because: 'the boundary does not allow the call',
    });
    const byKey = [
      allow('s3:GetObject', '*', { Principal: '*', Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } } }),
    ];
    expect(decide(getObject, caller, { resource: byKey, boundary }).allowed).toBe(true);
    expect(decide(getObject, caller, { resource: [...byName, ...byKey], boundary }).allowed).toBe(true);
    // If a key's policy names the role, the role's own policies need no right, but the boundary still applies.
    expect(decide(getObject, caller, { resource: byName, resourceDecides: true }).allowed).toBe(true);
    expect(decide(getObject, caller, { resource: byName, resourceDecides: true, boundary }).allowed).toBe(false);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
  test('denies a role every call that the resource’s policy denies to the whole account', () => {
    const identity = [allow('s3:*', '*')];
    for (const account of ['123456789012', 'arn:aws:iam::123456789012:root']) {
      const resource = [deny('s3:GetObject', '*', { Principal: { AWS: account } })];
      expect(decide(getObject, caller, { identity, resource }).allowed).toBe(false);
    }
    const other = [deny('s3:GetObject', '*', { Principal: { AWS: '999999999999' } })];
    expect(decide(getObject, caller, { identity, resource: other }).allowed).toBe(true);
  });

  test('rejects policies with elements that are not implemented', () => {
    const identity = [allow('s3:*', '*')];
    const inverted = { ...deny('s3:*', '*'), NotAction: 's3:ListBucket' };
    expect(() => decide(getObject, caller, { identity: [...identity, inverted] })).toThrow(UnknownElementError);
    const variable = deny('s3:*', `arn:aws:s3:::example-bucket/\${aws:PrincipalTag/team}/*`);
    expect(() => decide(getObject, caller, { identity: [...identity, variable] })).toThrow(UnknownElementError);
    const ofTerraform = allow('s3:GetObject', `\${var.secret_arn}`);
    expect(decide(getObject, caller, { identity: [...identity, ofTerraform] }).allowed).toBe(true);
  });

  // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
  test('denies a call that the endpoint’s policy does not allow', () => {
    const identity = [allow('s3:GetObject', '*')];
    const endpoint = [allow('s3:GetObject', 'arn:aws:s3:::other/*', { Principal: '*' })];
    expect(decide(getObject, caller, { identity, endpoint }).because).toBe(
      "the endpoint's policy does not allow the call",
    );
  });

  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  test('allows the use of a key only if the key’s policy allows the role or delegates to IAM', () => {
    const decrypt = call('kms:Decrypt', 'arn:aws:kms:eu-west-1:123456789012:key/1');
    const identity = [allow('kms:Decrypt', '*')];
    const toAccount = [allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::123456789012:root' } })];
    const toOther = [allow('kms:*', '*', { Principal: { AWS: `${ROLE}-other` } })];
    expect(decide(decrypt, caller, { identity, resource: toOther, resourceDecides: true }).allowed).toBe(false);
    expect(decide(decrypt, caller, { identity, resource: toAccount, resourceDecides: true }).allowed).toBe(true);
    expect(decide(decrypt, caller, { resource: toAccount, resourceDecides: true }).allowed).toBe(false);
  });

  test('allows a call of a service only if the resource’s policy allows it', () => {
    const publish = call('sns:Publish', 'arn:aws:sns:eu-west-1:123456789012:alarms');
    const resource = [allow('sns:Publish', '*', { Principal: { Service: 'events.amazonaws.com' } })];
    expect(decide(publish, { service: 'events.amazonaws.com' }, { resource }).allowed).toBe(true);
    expect(decide(publish, { service: 'budgets.amazonaws.com' }, { resource }).allowed).toBe(false);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
describe('a pattern in an IAM policy', () => {
  test('ignores letter case in actions, but not in resources', () => {
    expect(may(call('s3:getobject', 'arn:aws:s3:::a/b'), allow('S3:GetObject', 'arn:aws:s3:::a/*'))).toBe(true);
    expect(may(call('s3:GetObject', 'arn:aws:s3:::A/b'), allow('s3:GetObject', 'arn:aws:s3:::a/*'))).toBe(false);
  });

  test('matches any string with * and any character with ?, and treats * in a request as an ordinary character', () => {
    const on = (pattern: string) => may(call('ec2:A', 'arn:aws:ec2:eu-west-1:1:*/*'), allow('ec2:A', pattern));
    expect(on('arn:aws:ec2:eu-west-1:1:network-interface/*')).toBe(false);
    expect(on('arn:aws:ec2:eu-west-1:1:*/*')).toBe(true);
    expect(on('arn:aws:ec2:eu-west-1:1:?/?')).toBe(true);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe('a condition in an IAM policy', () => {
  const under = (Condition: IamStatement['Condition'], context: Context = {}) =>
    may(call('s3:ListBucket', 'arn:aws:s3:::b', context), allow('s3:ListBucket', '*', Condition ? { Condition } : {}));

  test('supports wildcards only in StringLike and StringNotLike', () => {
    const key = 's3:prefix';
    expect(under({ StringEquals: { [key]: 'home/*' } }, { [key]: 'home/a' })).toBe(false);
    expect(under({ StringLike: { [key]: ['', 'home/*'] } }, { [key]: 'home/a' })).toBe(true);
    expect(under({ StringNotLike: { [key]: ['home/*'] } }, { [key]: 'home/a' })).toBe(false);
  });

  test('holds if every key of every operator matches one of its values', () => {
    const condition = { StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-west-2'], 's3:delimiter': '/' } };
    expect(under(condition, { 'aws:RequestedRegion': 'eu-west-2', 's3:delimiter': '/' })).toBe(true);
    expect(under(condition, { 'aws:RequestedRegion': 'eu-west-2' })).toBe(false);
  });

  test('is met without its key only if the operator is negated or supports missing keys', () => {
    expect(under({ StringEquals: { 'aws:a': 'x' } })).toBe(false);
    expect(under({ StringNotEquals: { 'aws:a': 'x' } })).toBe(true);
    expect(under({ StringEqualsIfExists: { 'aws:a': 'x' } })).toBe(true);
    expect(under({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['x'] } })).toBe(true);
    expect(under({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['x'] } })).toBe(false);
    // ForAnyValue fails without values, even if the operator is negated or ends in IfExists.
    expect(under({ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['x'] } })).toBe(false);
    expect(under({ 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': ['x'] } })).toBe(false);
    expect(under({ Null: { 'aws:a': 'true' } })).toBe(true);
    expect(under({ Null: { 'aws:a': 'false' } })).toBe(false);
    expect(under({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } })).toBe(false);
  });

  test('requires every value to match with ForAllValues, and one value with ForAnyValue', () => {
    const all = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['environment', 'webserver'] } };
    expect(under(all, { 'aws:TagKeys': ['environment'] })).toBe(true);
    expect(under(all, { 'aws:TagKeys': ['environment', 'costcenter'] })).toBe(false);
    const any = { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['environment'] } };
    expect(under(any, { 'aws:TagKeys': ['environment', 'costcenter'] })).toBe(true);
  });

  test('compares numbers', () => {
    const key = 's3:TlsVersion';
    expect(under({ NumericLessThan: { [key]: '1.2' } }, { [key]: '1.1' })).toBe(true);
    expect(under({ NumericLessThan: { [key]: '1.2' } }, { [key]: '1.2' })).toBe(false);
    expect(under({ NumericLessThanEquals: { [key]: '1.2' } }, { [key]: '1.2' })).toBe(true);
    expect(under({ NumericGreaterThanEquals: { [key]: '1.2' } }, { [key]: '1.10' })).toBe(false);
  });

  test('compares each part of an ARN separately', () => {
    const like = (pattern: string, arn: string) =>
      under({ ArnLike: { 'aws:SourceArn': pattern } }, { 'aws:SourceArn': arn });
    expect(like('arn:aws:sns:*:123456789012:*', 'arn:aws:sns:eu-west-1:123456789012:a')).toBe(true);
    expect(like('arn:aws:sns:*:a', 'arn:aws:sns:eu-west-1:123456789012:a')).toBe(false);
  });

  test('is rejected if its operator is not implemented', () => {
    expect(() => under({ DateLessThan: { 'aws:CurrentTime': '2026-01-01' } }, {})).toThrow(UnknownOperatorError);
  });
});
