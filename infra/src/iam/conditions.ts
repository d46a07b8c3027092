/**
 * IAM's conditions, with the operators that this project's policies use.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { type Context, list, matches } from './statement.ts';

/** A policy uses an operator that is not known here. */
export class UnknownOperatorError extends Error {
  override readonly name = 'UnknownOperatorError';
}

type Compare = (value: string, wanted: string) => boolean;

/** What an operator compares, and whether it wants that none of the values matches. */
const operators: Readonly<Record<string, { readonly compare: Compare; readonly negated?: true }>> = {
  StringEquals: { compare: (value, wanted) => value === wanted },
  StringNotEquals: { compare: (value, wanted) => value === wanted, negated: true },
  StringEqualsIgnoreCase: { compare: (value, wanted) => value.toLowerCase() === wanted.toLowerCase() },
  StringLike: { compare: (value, wanted) => matches(wanted, value) },
  StringNotLike: { compare: (value, wanted) => matches(wanted, value), negated: true },
  // Between ArnEquals and ArnLike there is no difference: both know wildcards, and each part of an ARN for itself.
  ArnEquals: { compare: arnMatches },
  ArnLike: { compare: arnMatches },
  ArnNotEquals: { compare: arnMatches, negated: true },
  ArnNotLike: { compare: arnMatches, negated: true },
  Bool: { compare: (value, wanted) => value.toLowerCase() === wanted.toLowerCase() },
  NumericLessThan: { compare: (value, wanted) => Number(value) < Number(wanted) },
  NumericLessThanEquals: { compare: (value, wanted) => Number(value) <= Number(wanted) },
  NumericGreaterThanEquals: { compare: (value, wanted) => Number(value) >= Number(wanted) },
};

function arnMatches(value: string, wanted: string): boolean {
  const parts = (arn: string) => {
    const [arnWord = '', partition = '', service = '', region = '', account = '', ...rest] = arn.split(':');
    return [arnWord, partition, service, region, account, rest.join(':')];
  };
  const values = parts(value);
  return parts(wanted).every((pattern, index) => matches(pattern, values[index] ?? ''));
}

/**
 * Whether all conditions of a statement hold: all operators, and all keys of each.
 *
 * Where the request has no such key, an operator does not hold, unless it is a negated one, ends in `IfExists`, is `Null`, or is
 * asked for all values. One that is asked for any value never holds then:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 *
 * @throws {UnknownOperatorError}
 */
export function conditionsHold(
  conditions: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>,
  context: Context,
): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, valuesOf(context, key), list(wanted))),
  );
}

/** Condition keys are compared without regard to case. */
function valuesOf(context: Context, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : list(found[1]);
}

function holds(written: string, values: readonly string[] | undefined, wanted: readonly string[]): boolean {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written) ?? [];
  if (name === 'Null') return wanted.some((isNull) => (isNull === 'true') === (values === undefined));
  const operator = operators[name];
  if (operator === undefined) {
    throw new UnknownOperatorError(
      `The condition operator ${written} is not known: add it to infra/src/iam/conditions.ts.`,
    );
  }
  const { compare, negated = false } = operator;
  if (values === undefined) {
    return set !== 'ForAnyValue' && (ifExists !== undefined || set === 'ForAllValues' || negated);
  }
  const one = (value: string) => wanted.some((pattern) => compare(value, pattern)) !== negated;
  const ofEach = set === 'ForAllValues' || (negated && set === undefined);
  return ofEach ? values.every(one) : values.some(one);
}
