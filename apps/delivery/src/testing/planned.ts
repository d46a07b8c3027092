/** Plans as tests write them: one change after the other, in Terraform's own form. */

import type { Action, Plan, ResourceChange } from '@centflow/terraform';
import { type Exemption, type Judgement, judgePlan, type RuleName } from '../review/index.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What else a change says. */
export interface Extra {
  readonly name?: string;
  /** Attributes as the stack writes them, `{ role: reference('aws_iam_role.it.name') }`. AWS fills in what is unknown and not here. */
  readonly written?: Values;
  /** Commands that Terraform runs for it. */
  readonly provisioners?: readonly Values[];
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: readonly (readonly string[])[];
}

/** The account that the plans are for. */
export const ACCOUNT = '111122223333';
/** An account that is somebody else's. */
export const STRANGER = '999988887777';
/** The policy that bounds every role of the environment. */
export const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/centflow-bootstrap-dev-boundary`;

/** A policy that allows things, to assume a role unless a statement names another action. */
export const allow = (...statements: Values[]): string =>
  JSON.stringify({ Statement: statements.map((one) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...one })) });

/** Any change of one resource. */
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

/** `${aws_iam_role.it.name}`, as a stack writes a reference. */
export const reference = (to: string): string => `\${${to}}`;

/** What the configuration has of each change. */
const configured = new WeakMap<ResourceChange, Values>();

/** An attribute as Terraform reads it from JSON: its text, and the resources that it refers to with each step there. */
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

/** The policy's judgement of a plan of dev's store. */
export const judged = (plan: Plan, exemptions: Exemption[] = []): Judgement =>
  judgePlan(plan, { stack: 'dev-store', accountId: ACCOUNT, exemptions });

/** The rules that these changes break together. */
export const brokenBy = (...changes: ResourceChange[]): RuleName[] => [
  ...new Set(judged(planOf(...changes)).violations.map(({ rule }) => rule)),
];
