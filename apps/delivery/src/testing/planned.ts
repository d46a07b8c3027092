/** Builds plans for tests from single changes, in Terraform's format. */
import type { Action, Plan, ResourceChange } from '@centflow/terraform';
import { type Exemption, type Judgement, judgePlan, type RuleName } from '../review/index.ts';

export type Values = Readonly<Record<string, unknown>>;

/** The optional properties of a planned change. */
export interface Extra {
  readonly name?: string;
  /**
   * Attributes as the stack declares them, `{ role: reference('aws_iam_role.it.name') }`. AWS sets unknown attributes that are
   * missing here.
   */
  readonly written?: Values;
  /** Commands that Terraform runs for the resource. */
  readonly provisioners?: readonly Values[];
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: readonly (readonly string[])[];
}

/** The ID of the account in the plans. */
export const ACCOUNT = '111122223333';
/** The ID of another account. */
export const STRANGER = '999988887777';
/** The permissions boundary of every role of the environment. */
export const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/centflow-bootstrap-dev-boundary`;

/** Returns a policy of Allow statements. Their default action is to assume a role. */
export const allow = (...statements: Values[]): string =>
  JSON.stringify({ Statement: statements.map((one) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...one })) });

/** Returns a change of one resource. */
export function resource(
  actions: Action[],
  type: string,
  before: Values | null,
  after: Values | null,
  extra: Extra = {},
): ResourceChange {
  const { name = 'it', written = {}, provisioners, ...marks } = extra;
  const change = { actions, before, after, after_unknown: {}, ...marks };
  const planned: ResourceChange = { address: `${type}.${name}`, mode: 'managed', type, name, change };
  configured.set(planned, {
    address: planned.address,
    mode: planned.mode,
    type,
    name,
    expressions: Object.fromEntries(Object.entries(written).map(([key, text]) => [key, expressionOf(text)])),
    ...(provisioners === undefined ? {} : { provisioners }),
  });
  return planned;
}

/** Returns a reference in the syntax of a stack: `${aws_iam_role.it.name}`. */
export const reference = (to: string): string => `\${${to}}`;

/** The Terraform configuration of each change. */
const configured = new WeakMap<ResourceChange, Values>();

/**
 * Returns the expression of an attribute as Terraform's plan shows it.
 *
 * `references` lists each reference and its prefix, such as `aws_s3_bucket.a.id` and `aws_s3_bucket.a`.
 */
export function expressionOf(text: unknown): Values {
  const interpolations = JSON.stringify(text).match(/[$%]\{[^}]*\}/g) ?? [];
  const names = /\b(local\.\w+|(?:aws_\w+|terraform_data|data\.\w+)\.[\w-]+)(?:\.\w+)*/g;
  const references = interpolations.flatMap((one) => [...one.matchAll(names)].flat());
  return references.length === 0 ? { constant_value: text } : { constant_value: text, references };
}

export const created = (type: string, after: Values, extra?: Extra) => resource(['create'], type, null, after, extra);
export const updated = (type: string, before: Values, after: Values, extra?: Extra) =>
  resource(['update'], type, before, after, extra);
export const replaced = (type: string, before: Values, after: Values, extra?: Extra) =>
  resource(['delete', 'create'], type, before, after, extra);
export const destroyed = (type: string, before: Values, extra?: Extra) =>
  resource(['delete'], type, before, null, extra);
export const kept = (type: string, values: Values, extra?: Extra) => resource(['no-op'], type, values, values, extra);

export const planOf = (...resource_changes: ResourceChange[]): Plan => ({
  errored: false,
  resource_changes,
  configuration: { root_module: { resources: resource_changes.flatMap((change) => configured.get(change) ?? []) } },
});

/** Judges a plan of the stack dev-store. */
export const judged = (plan: Plan, exemptions: Exemption[] = []): Judgement =>
  judgePlan(plan, { stack: 'dev-store', accountId: ACCOUNT, exemptions });

/** Returns the rules that a plan with these changes breaks. */
export const brokenBy = (...changes: ResourceChange[]): RuleName[] => [
  ...new Set(judged(planOf(...changes)).violations.map(({ rule }) => rule)),
];
