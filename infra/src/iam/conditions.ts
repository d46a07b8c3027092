/**
 * Evaluates IAM's conditions, for the operators that this project's policies use.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { type Context, list, matches } from './statement.ts';

/** Reports that a policy uses an operator that is not implemented here. */
export class UnknownOperatorError extends Error {
  override readonly name = 'UnknownOperatorError';
}

type Compare = (value: string, expected: string) => boolean;

/** The comparison of each operator. A negated operator holds only if no value matches. */
const operators: Readonly<Record<string, { readonly compare: Compare; readonly negated?: true }>> = {
  StringEquals: { compare: (value, expected) => value === expected },
  StringNotEquals: { compare: (value, expected) => value === expected, negated: true },
  StringEqualsIgnoreCase: { compare: (value, expected) => value.toLowerCase() === expected.toLowerCase() },
  StringLike: { compare: (value, expected) => matches(expected, value) },
  StringNotLike: { compare: (value, expected) => matches(expected, value), negated: true },
  // ArnEquals and ArnLike behave identically: both support wildcards, and compare each part of an ARN separately.
  ArnEquals: { compare: arnMatches },
  ArnLike: { compare: arnMatches },
  ArnNotEquals: { compare: arnMatches, negated: true },
  ArnNotLike: { compare: arnMatches, negated: true },
  Bool: { compare: (value, expected) => value.toLowerCase() === expected.toLowerCase() },
  NumericLessThan: { compare: (value, expected) => Number(value) < Number(expected) },
  NumericLessThanEquals: { compare: (value, expected) => Number(value) <= Number(expected) },
  NumericGreaterThanEquals: { compare: (value, expected) => Number(value) >= Number(expected) },
};

function arnMatches(value: string, expected: string): boolean {
  const parts = (arn: string) => {
    const [arnWord = '', partition = '', service = '', region = '', account = '', ...rest] = arn.split(':');
    return [arnWord, partition, service, region, account, rest.join(':')];
  };
  const values = parts(value);
  return parts(expected).every((pattern, index) => matches(pattern, values[index] ?? ''));
}

/**
 * Returns whether all conditions of a statement hold. Each condition combines an operator with a key.
 *
 * If the request lacks the key, an operator holds only if it is negated, ends in `IfExists`, is `Null`, or begins with
 * `ForAllValues`. An operator that begins with `ForAnyValue` never holds without the key:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 *
 * @throws {UnknownOperatorError} an operator is not implemented here.
 */
export function conditionsHold(
  conditions: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>,
  context: Context,
): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => holds(operator, valuesOf(context, key), list(expected))),
  );
}

/** Returns the values of a condition key. Ignores the key's letter case. */
function valuesOf(context: Context, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : list(found[1]);
}

function holds(written: string, values: readonly string[] | undefined, expected: readonly string[]): boolean {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written) ?? [];
  if (name === 'Null') return expected.some((isNull) => (isNull === 'true') === (values === undefined));
  const operator = operators[name];
  if (operator === undefined) {
    throw new UnknownOperatorError(
      `The condition operator ${written} is not implemented. Add it to infra/src/iam/conditions.ts.`,
    );
  }
  const { compare, negated = false } = operator;
  if (values === undefined) {
    return set !== 'ForAnyValue' && (ifExists !== undefined || set === 'ForAllValues' || negated);
  }
  const isMatch = (value: string) => expected.some((pattern) => compare(value, pattern)) !== negated;
  const needsAll = set === 'ForAllValues' || (negated && set === undefined);
  return needsAll ? values.every(isMatch) : values.some(isMatch);
}
